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
/* The same for whom *where is null: the reservation of whoever comes first is put there. */
void *deed_os_reserve_once(void **where, size_t bytes);
void deed_os_unmap(void *pages, size_t bytes);
size_t deed_os_page_bytes(void);
/* deed_os_map_aligned - deed_os_map() at a multiple of `align`, a power of two; `bytes` are whole
 * pages. deed_os_remap - the same pages, so many as `bytes` now, here or elsewhere, at a multiple
 * of `align`; new ones are zeroed; null if there are none, and they are as they were. */
void *deed_os_map_aligned(size_t bytes, size_t align);
void *deed_os_remap(void *pages, size_t old_bytes, size_t bytes, size_t align);
/* Asks the kernel to make huge pages of these; whether it ever does. */
void deed_os_advise_huge(void *pages, size_t bytes);
bool deed_os_has_huge_pages(void);
/* Pages that stay where they are, but hold nothing and may not be touched any more. False if the
 * system has no room to remember that. */
bool deed_os_wall(void *pages, size_t bytes);
/* How many mappings a process may have; 0 if the system does not tell. */
size_t deed_os_mappings_max(void);
/* Whether the page at `address`, a page's first, is in memory; false where there is none. */
bool deed_os_is_resident(uintptr_t address);

/* The kernel's id of the calling thread. */
int deed_os_thread_id(void);
bool deed_os_thread_is_main(void);
/* The bounds of the calling thread's stack; both null if the system does not tell. */
void deed_os_stack_bounds(uintptr_t *ret_lo, uintptr_t *ret_hi);
/* How many threads the process has now; 1 if the system does not tell. */
size_t deed_os_thread_count(void);

/* On how many CPUs the calling thread may run; 1 if the system does not tell. */
unsigned deed_os_cpus_allowed(void);
/* Nanoseconds since some time in the past. */
uint64_t deed_os_now_ns(void);

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

/* ---- for reports ---------------------------------------------------------------------------- */

/* Pages that a child of fork() shares with its parent; null if there are none. */
void *deed_os_map_shared(size_t bytes);
int deed_os_process_id(void);
/* Whether the process has a thread of this kernel id. */
bool deed_os_thread_exists(int thread_id);
/* Whether the calling thread runs on its alternate signal stack. */
bool deed_os_on_signal_stack(void);
/* Reads one word of the process where there may be no memory; false if there is none, or the system
 * does not let us look. */
bool deed_os_peek(uintptr_t address, uint64_t *ret);

/* The program's file; the working directory: how long, without a final null that is there too, or 0
 * if it does not fit or the system does not tell. */
size_t deed_os_program_path(char *path, size_t size);
size_t deed_os_working_directory(char *path, size_t size);

bool deed_os_is_terminal(int file);
/* deed_os_write() to a descriptor that the program may have set up in any way: waits where it would
 * block, and a pipe that nobody reads is -EPIPE and no signal. */
int deed_os_write_anyhow(int file, const char *text, size_t bytes);
/* Opens for reading what is a regular file, and nothing that could block: a descriptor or -errno.
 */
int deed_os_open_regular(const char *path);
/* Opens for reading and writing, and creates, but does not truncate. */
int deed_os_open_update(const char *path);
/* The first waits until no other process holds the file's lock; closing any descriptor of the file
 * gives it back. 0 or -errno, as the next two. */
int deed_os_lock_file(int file);
int deed_os_truncate(int file, size_t bytes);
int deed_os_write_at(int file, const char *text, size_t bytes, size_t offset);
/* As deed_os_read(). */
ptrdiff_t deed_os_read_at(int file, void *buffer, size_t bytes, size_t offset);
/* How long the file is, or -errno. */
ptrdiff_t deed_os_size(int file);

#endif
