/* SPDX-License-Identifier: MIT
 *
 * lib/os.c - the one file that maps pages and makes system calls.
 *
 * The ledger reports faults from wherever they happen: under the program's locks, inside
 * its allocator's hooks, on a thread that is half torn down. So nothing here calls malloc,
 * stdio, or a libc wrapper that can be cancelled or that other tools replace; errno is the
 * program's and is put back.
 */
#define _GNU_SOURCE
#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *map(size_t bytes, int extra_flags)
{
	const int saved = errno;
	void *const pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | extra_flags, -1, 0);

	errno = saved;
	return pages == MAP_FAILED ? NULL : pages;
}

void *deed_os_map(size_t bytes)
{
	return map(bytes, 0);
}

void *deed_os_reserve(size_t bytes)
{
	return map(bytes, MAP_NORESERVE);
}

void deed_os_unmap(void *pages, size_t bytes)
{
	const int saved = errno;

	munmap(pages, bytes);
	errno = saved;
}

int deed_os_thread_id(void)
{
	return (int)syscall(SYS_gettid);
}

void deed_os_stack_bounds(uintptr_t *ret_lo, uintptr_t *ret_hi)
{
	const int saved = errno;
	pthread_attr_t attributes;
	void *base = NULL;
	size_t bytes = 0;

	if (!pthread_getattr_np(pthread_self(), &attributes)) {
		if (pthread_attr_getstack(&attributes, &base, &bytes))
			bytes = 0;
		pthread_attr_destroy(&attributes);
	}
	*ret_lo = bytes ? (uintptr_t)base : 0;
	*ret_hi = bytes ? (uintptr_t)base + bytes : 0;
	errno = saved;
}

/* The kernel writes the number of threads as the 20th word of /proc/self/stat; words are counted
 * from the last ')', because the second one is the program's name and may hold anything. */
size_t deed_os_thread_count(void)
{
	enum { NAME_WORD = 2, THREADS_WORD = 20 };
	char text[1024];
	const int file = deed_os_open_read("/proc/self/stat");
	ptrdiff_t len, at;
	size_t count = 0;
	int word = NAME_WORD;

	if (file < 0)
		return 1;
	len = deed_os_read(file, text, sizeof text);
	deed_os_close(file);
	for (at = len - 1; at > 0 && text[at] != ')'; at--)
		;
	for (; at >= 0 && at < len && word < THREADS_WORD; at++)
		word += text[at] == ' ';
	for (; at >= 0 && at < len && text[at] >= '0' && text[at] <= '9'; at++)
		count = count * 10 + (size_t)(text[at] - '0');
	return count ? count : 1;
}

void deed_os_wait(const uint32_t *word, uint32_t value)
{
	const int saved = errno;

	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
	errno = saved;
}

void deed_os_wake(const uint32_t *word)
{
	const int saved = errno;

	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
	errno = saved;
}

int deed_os_write(int file, const char *text, size_t bytes)
{
	const int saved = errno;
	int err = 0;

	while (bytes && !err) {
		const long wrote = syscall(SYS_write, file, text, bytes);

		if (wrote > 0) {
			text += wrote;
			bytes -= (size_t)wrote;
		} else if (wrote == 0 || errno != EINTR) {
			err = wrote == 0 ? -EIO : -errno;
		}
	}
	errno = saved;
	return err;
}

static int open_with(const char *path, int flags)
{
	const int saved = errno;
	const long file = syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0666);
	const int err = errno;

	errno = saved;
	return file < 0 ? -err : (int)file;
}

int deed_os_open_read(const char *path)
{
	return open_with(path, O_RDONLY | O_NOCTTY);
}

int deed_os_open_write(const char *path, bool append)
{
	return open_with(path, O_WRONLY | O_CREAT | O_NOCTTY | (append ? O_APPEND : O_TRUNC));
}

ptrdiff_t deed_os_read(int file, void *buffer, size_t bytes)
{
	const int saved = errno;
	long got;

	do
		got = syscall(SYS_read, file, buffer, bytes);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		got = -errno;
	errno = saved;
	return got;
}

void deed_os_close(int file)
{
	const int saved = errno;

	syscall(SYS_close, file);
	errno = saved;
}
