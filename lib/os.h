/* SPDX-License-Identifier: MIT
 *
 * lib/os.h - pages, threads and files, straight from the kernel. No function here takes
 * memory from the program's allocator, changes errno, or is a cancellation point.
 */
#ifndef DEED_OS_H
#define DEED_OS_H

#include "base.h"

/* deed_os_map - fresh zeroed pages, at least `bytes`; null if there are none. Ended by
 * deed_os_unmap() with the same `bytes`. */
void *deed_os_map(size_t bytes);
/* deed_os_reserve - address space alone: pages appear, zeroed, when they are touched. Costs no
 * memory until then. Null if there is none. */
void *deed_os_reserve(size_t bytes);
void deed_os_unmap(void *pages, size_t bytes);

/* The kernel's id of the calling thread. */
int deed_os_thread_id(void);
/* The bounds of the calling thread's stack; both null if the system does not tell. */
void deed_os_stack_bounds(uintptr_t *ret_lo, uintptr_t *ret_hi);
/* How many threads the process has now; 1 if the system does not tell. */
size_t deed_os_thread_count(void);

/* Sleeps while *word == value; may return early. Wakes all sleepers on word. */
void deed_os_wait(const uint32_t *word, uint32_t value);
void deed_os_wake(const uint32_t *word);

/* deed_os_write - writes all of `text`, over partial writes and interruptions. 0 or -errno. */
int deed_os_write(int file, const char *text, size_t bytes);
/* deed_os_open - opens for reading, or creates or truncates for writing: a descriptor or -errno. */
int deed_os_open_read(const char *path);
int deed_os_open_write(const char *path, bool append);
/* deed_os_read - reads up to `bytes`: how many came, 0 at the end, or -errno. */
ptrdiff_t deed_os_read(int file, void *buffer, size_t bytes);
void deed_os_close(int file);

#endif
