/* SPDX-License-Identifier: MIT
 *
 * lib/backend.c - which allocator it is, and what each can do better than malloc().
 *
 * deed needs no jemalloc, and must not: a shared library that does cannot be loaded by a
 * program that has started (its thread-local storage is full). A program that has it
 * exports what this file names weakly, and it then gives aligned and zeroed memory in one
 * call, resizes aligned memory in place, and frees without looking the size up:
 *
 *     align <= 16      malloc(), realloc()         a flag would cost more than the block
 *     larger           mallocx(), rallocx()        else posix_memalign(), and a copy
 *     free             sdallocx()                  else free()
 *
 * That the names are there does not say that malloc() is jemalloc's: a sanitizer, valgrind
 * or a preloaded library may have put its own in front, and then the two must not meet in
 * one block. So jemalloc is asked, once, whether it counts what malloc() gives.
 */
#include "backend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

extern void *mallocx(size_t bytes, int flags) __attribute__((weak));
extern void *rallocx(void *block, size_t bytes, int flags) __attribute__((weak));
extern void sdallocx(void *block, size_t bytes, int flags) __attribute__((weak));
extern int mallctl(const char *name, void *old, size_t *old_bytes, void *fresh, size_t fresh_bytes)
	__attribute__((weak));
/* Where AddressSanitizer is in the process. */
extern void __asan_poison_memory_region(const volatile void *at, size_t bytes)
	__attribute__((weak));

/* jemalloc.h's MALLOCX_ZERO and MALLOCX_LG_ALIGN(). */
#define ZEROED 0x40
#define ALIGNED_TO(align) __builtin_ctzl(align)

static DEED_COLD bool counts_malloc(void)
{
	enum { BYTES = 64 };
	const int saved = errno;
	/* Volatile: to an optimiser malloc() changes nothing, and a pair that nobody uses can go.
	 */
	const volatile uint64_t *allocated = NULL;
	size_t size = sizeof allocated;
	void *volatile block;
	uint64_t before;
	bool is_counted;

	if (!mallctl || mallctl("thread.allocatedp", &allocated, &size, NULL, 0) || !allocated)
		return false;
	before = *allocated;
	block = malloc(BYTES);
	is_counted = block && *allocated - before >= BYTES;
	free(block);
	errno = saved;
	return is_counted;
}

/* Several threads may find it out at once, and find the same. */
static bool is_jemalloc(void)
{
	enum { UNKNOWN, NO, YES };
	static uint8_t known;
	uint8_t seen = __atomic_load_n(&known, __ATOMIC_RELAXED);

	if (!mallocx || !rallocx || !sdallocx)
		return false;
	if (DEED_UNLIKELY(seen == UNKNOWN)) {
		seen = counts_malloc() ? YES : NO;
		__atomic_store_n(&known, seen, __ATOMIC_RELAXED);
	}
	return seen == YES;
}

/* Allocators give a block the alignment of its size, up to 16. */
static size_t least(size_t bytes, size_t align)
{
	return deed_max(bytes, deed_min(align, DEED_LEAST_ALIGN));
}

/* mallocx() and rallocx() do not say why there is no block. */
static void *or_errno(void *block)
{
	if (!block)
		errno = ENOMEM;
	return block;
}

void *deed_backend_alloc(size_t bytes, size_t align, bool zeroed)
{
	void *block = NULL;
	int err;

	if (align <= DEED_LEAST_ALIGN)
		return zeroed ? calloc(1, least(bytes, align)) : malloc(least(bytes, align));
	if (is_jemalloc())
		return or_errno(mallocx(bytes, ALIGNED_TO(align) | (zeroed ? ZEROED : 0)));
	err = posix_memalign(&block, align, bytes);
	if (err) {
		errno = err;
		return NULL;
	}
	if (zeroed)
		memset(block, 0, bytes);
	return block;
}

void *deed_backend_resize(void *block, size_t old_bytes, size_t bytes, size_t align)
{
	void *fresh;

	if (align <= DEED_LEAST_ALIGN)
		return realloc(block, least(bytes, align));
	if (is_jemalloc())
		return or_errno(rallocx(block, bytes, ALIGNED_TO(align)));
	fresh = deed_backend_alloc(bytes, align, false);
	if (fresh) {
		memcpy(fresh, block, deed_min(bytes, old_bytes));
		free(block);
	}
	return fresh;
}

void deed_backend_free(void *block, size_t bytes, size_t align)
{
	if (bytes && block && is_jemalloc())
		sdallocx(block, least(bytes, align),
			 align <= DEED_LEAST_ALIGN ? 0 : ALIGNED_TO(align));
	else
		free(block);
}

const char *deed_backend_name(void)
{
	if (is_jemalloc())
		return "jemalloc";
	return __asan_poison_memory_region ? "libc (AddressSanitizer)" : "libc";
}
