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
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "unseen.h"

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

DEED_UNSEEN void *deed_os_reserve_once(void **where, size_t bytes)
{
	void *const fresh = deed_os_reserve(bytes);
	void *seen = NULL;

	if (!fresh || __atomic_compare_exchange_n(where, &seen, fresh, false, __ATOMIC_ACQ_REL,
						  __ATOMIC_ACQUIRE))
		return fresh;
	deed_os_unmap(fresh, bytes);
	return seen;
}

void deed_os_unmap(void *pages, size_t bytes)
{
	const int saved = errno;

	munmap(pages, bytes);
	errno = saved;
}

size_t deed_os_page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* Maps too much, and gives back what lies before and behind. */
void *deed_os_map_aligned(size_t bytes, size_t align)
{
	const size_t slack = deed_max(align, deed_os_page_bytes()) - deed_os_page_bytes();
	size_t before;
	char *pages;

	if (bytes > SIZE_MAX - slack)
		return NULL;
	pages = deed_os_map(bytes + slack);
	if (!pages)
		return NULL;
	before = -(uintptr_t)pages & (align - 1);
	if (before)
		deed_os_unmap(pages, before);
	if (slack - before)
		deed_os_unmap(pages + before + bytes, slack - before);
	return pages + before;
}

/* Where they are, if they can stay; else where the kernel puts them, if no more is asked for than
 * that they begin a page. Else on top of fresh ones, which the kernel takes away; of those valgrind
 * does not understand that the new ones are there. */
void *deed_os_remap(void *pages, size_t old_bytes, size_t bytes, size_t align)
{
	const bool is_anywhere = align <= deed_os_page_bytes();
	const int saved = errno;
	void *fresh, *moved = mremap(pages, old_bytes, bytes, is_anywhere ? MREMAP_MAYMOVE : 0);

	if (moved == MAP_FAILED && !is_anywhere) {
		fresh = deed_os_map_aligned(bytes, align);
		if (fresh)
			moved = mremap(pages, old_bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED,
				       fresh);
		if (fresh && moved == MAP_FAILED)
			deed_os_unmap(fresh, bytes);
	}
	errno = saved;
	return moved == MAP_FAILED ? NULL : moved;
}

void deed_os_advise_huge(void *pages, size_t bytes)
{
	const int saved = errno;

	(void)madvise(pages, bytes, MADV_HUGEPAGE);
	errno = saved;
}

bool deed_os_has_huge_pages(void)
{
	const int file = deed_os_open_read("/sys/kernel/mm/transparent_hugepage/enabled");
	char text[64];
	ptrdiff_t len;

	if (file < 0)
		return false;
	len = deed_os_read(file, text, sizeof text - 1);
	deed_os_close(file);
	if (len <= 0)
		return false;
	text[len] = '\0';
	return !strstr(text, "[never]");
}

/* Mapped anew and not only protected: what was there goes back to the system. */
bool deed_os_wall(void *pages, size_t bytes)
{
	const int saved = errno;
	void *const wall = mmap(pages, bytes, PROT_NONE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);

	errno = saved;
	return wall != MAP_FAILED;
}

size_t deed_os_mappings_max(void)
{
	char text[32];
	const int file = deed_os_open_read("/proc/sys/vm/max_map_count");
	ptrdiff_t len;
	size_t count = 0;

	if (file < 0)
		return 0;
	len = deed_os_read(file, text, sizeof text);
	deed_os_close(file);
	for (ptrdiff_t i = 0; i < len && text[i] >= '0' && text[i] <= '9'; i++)
		count = count * 10 + (size_t)(text[i] - '0');
	return count;
}

int deed_os_thread_id(void)
{
	return (int)syscall(SYS_gettid);
}

bool deed_os_thread_is_main(void)
{
	return deed_os_thread_id() == getpid();
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

bool deed_os_is_resident(uintptr_t address)
{
	const int saved = errno;
	unsigned char state = 0;
	/* Not mincore(), which ThreadSanitizer sees write to a stack that is another task's yet. */
	const bool is_there = !syscall(SYS_mincore, (void *)address, deed_os_page_bytes(), &state);

	errno = saved;
	return is_there && state & 1;
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

/* The system call says how many bytes of the mask it wrote, and fails if they do not fit. */
unsigned deed_os_cpus_allowed(void)
{
	unsigned long mask[1024]; /* 65536 CPUs, eight times what the kernel can count */
	const int saved = errno;
	const long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
	unsigned count = 0;

	errno = saved;
	for (long i = 0; i < bytes / (long)sizeof mask[0]; i++)
		count += (unsigned)__builtin_popcountl(mask[i]);
	return count ? count : 1;
}

uint64_t deed_os_now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
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

/* ---- for reports ---------------------------------------------------------------------------- */

void *deed_os_map_shared(size_t bytes)
{
	const int saved = errno;
	void *const pages =
		mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	errno = saved;
	return pages == MAP_FAILED ? NULL : pages;
}

/* A system call's result as ours: what it returns, or -errno; errno stays the program's. */
static long call(long number, long a, long b, long c, long d)
{
	const int saved = errno;
	long result;

	do
		result = syscall(number, a, b, c, d);
	while (result < 0 && errno == EINTR);
	if (result < 0)
		result = -errno;
	errno = saved;
	return result;
}

int deed_os_process_id(void)
{
	return (int)call(SYS_getpid, 0, 0, 0, 0);
}

bool deed_os_thread_exists(int thread_id)
{
	return call(SYS_tgkill, deed_os_process_id(), thread_id, 0, 0) != -ESRCH;
}

bool deed_os_on_signal_stack(void)
{
	stack_t stack;

	return !call(SYS_sigaltstack, 0, (long)&stack, 0, 0) && (stack.ss_flags & SS_ONSTACK);
}

bool deed_os_peek(uintptr_t address, uint64_t *ret)
{
	const int saved = errno;
	const struct iovec from = { (void *)address, sizeof *ret };
	const struct iovec to = { ret, sizeof *ret };
	const long got =
		syscall(SYS_process_vm_readv, deed_os_process_id(), &to, 1L, &from, 1L, 0L);

	errno = saved;
	return got == (long)sizeof *ret;
}

size_t deed_os_program_path(char *path, size_t size)
{
	const long len =
		call(SYS_readlinkat, AT_FDCWD, (long)"/proc/self/exe", (long)path, (long)size);

	if (len <= 0 || (size_t)len >= size)
		return 0;
	path[len] = '\0';
	return (size_t)len;
}

size_t deed_os_working_directory(char *path, size_t size)
{
	const long bytes = call(SYS_getcwd, (long)path, (long)size, 0, 0);

	/* The kernel counts the null, and says "(unreachable)" where there is no path. */
	return bytes > 1 && path[0] == '/' ? (size_t)bytes - 1 : 0;
}

bool deed_os_is_terminal(int file)
{
	struct winsize window;

	return !call(SYS_ioctl, file, TIOCGWINSZ, (long)&window, 0);
}

/* The SIGPIPE that a write() raises is for the calling thread: it is blocked here, and taken away
 * again unless one was waiting before. */
int deed_os_write_anyhow(int file, const char *text, size_t bytes)
{
	const int saved = errno;
	const struct timespec now = { 0, 0 };
	sigset_t pipe_signal, mask, pending;
	int err = 0;

	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &pipe_signal, &mask);
	while (bytes && !err) {
		const long wrote = call(SYS_write, file, (long)text, (long)bytes, 0);
		struct pollfd ready = { .fd = file, .events = POLLOUT, .revents = 0 };

		if (wrote > 0) {
			text += wrote;
			bytes -= (size_t)wrote;
		} else if (wrote == -EAGAIN) {
			const long polled = call(SYS_ppoll, (long)&ready, 1, 0, 0);

			err = polled < 0 ? (int)polled : 0;
		} else {
			err = wrote ? (int)wrote : -EIO;
		}
	}
	if (err == -EPIPE && !sigismember(&pending, SIGPIPE))
		call(SYS_rt_sigtimedwait, (long)&pipe_signal, 0, (long)&now, 8);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	errno = saved;
	return err;
}

int deed_os_open_regular(const char *path)
{
	const int file = open_with(path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
	struct stat status;
	const int saved = errno;

	if (file >= 0 && (fstat(file, &status) || !S_ISREG(status.st_mode))) {
		deed_os_close(file);
		errno = saved;
		return -EINVAL;
	}
	errno = saved;
	return file;
}

int deed_os_open_update(const char *path)
{
	return open_with(path, O_RDWR | O_CREAT | O_NOCTTY);
}

int deed_os_lock_file(int file)
{
	const struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return (int)call(SYS_fcntl, file, F_SETLKW, (long)&whole, 0);
}

int deed_os_truncate(int file, size_t bytes)
{
	return (int)call(SYS_ftruncate, file, (long)bytes, 0, 0);
}

int deed_os_write_at(int file, const char *text, size_t bytes, size_t offset)
{
	while (bytes) {
		const long wrote = call(SYS_pwrite64, file, (long)text, (long)bytes, (long)offset);

		if (wrote <= 0)
			return wrote ? (int)wrote : -EIO;
		text += wrote;
		bytes -= (size_t)wrote;
		offset += (size_t)wrote;
	}
	return 0;
}

ptrdiff_t deed_os_read_at(int file, void *buffer, size_t bytes, size_t offset)
{
	return call(SYS_pread64, file, (long)buffer, (long)bytes, (long)offset);
}

ptrdiff_t deed_os_size(int file)
{
	return call(SYS_lseek, file, 0, SEEK_END, 0);
}
