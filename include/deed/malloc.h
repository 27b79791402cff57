/* SPDX-License-Identifier: MIT
 *
 * deed/malloc.h - the malloc family, for code that is not written with owners.
 *
 *     char *name = deed_malloc(len + 1);
 *     ...
 *     deed_free(name);
 *
 * In release builds these are the program's own malloc(), calloc(), realloc() and free(). In
 * trap builds every block is in the ledger. What is freed twice, reallocated after it was
 * freed, never freed, written beyond its end, freed while it is lent, or no block at all is
 * reported with its places, as it would be of an owner. DEED_LEND() of its bytes is a loan of
 * the block.
 *
 * Each name is a macro, which notes the place, and a function of the same name beside it,
 * for who needs a pointer to one: (deed_malloc), or deed_malloc where no call follows. A
 * report of that names the caller by the stack alone.
 *
 * Blocks are aligned to 16, those of fewer bytes to what malloc() gives; any thread may free
 * what another one allocated. After a failure errno is ENOMEM, or what is said; but of a
 * deed_realloc() that jemalloc's realloc() refuses in a release build, errno stays.
 *
 * A block ends by deed_free() or deed_realloc(), never by the C library's free(), realloc()
 * or getline(). Release builds do not mind. A trap build dies of it in the allocator, mostly
 * without a report, for its blocks lie inside of what malloc() gave.
 */
#ifndef DEED_MALLOC_H
#define DEED_MALLOC_H

#include <errno.h>

#include "deed/own.h"
#include "deed/trap.h"

/* deed_malloc - a block of `bytes`, not initialised; null if there is none. 0 bytes are a block as
 * any other, with nothing in it. One malloc().
 */
#define deed_malloc(bytes)                                                                         \
	deed_malloc_((bytes), DEED_HERE("deed_malloc(" #bytes ")", (unsigned char *)0))

/* deed_calloc - a block of `count` times `size` bytes, every one 0; null if there is none, or so
 * many do not fit a size_t. One calloc().
 */
#define deed_calloc(count, size)                                                                   \
	deed_calloc_((count), (size),                                                              \
		     DEED_HERE("deed_calloc(" #count ", " #size ")", (unsigned char *)0))

/* deed_aligned_alloc - a block of `bytes`, at a multiple of `align`: a power of two up to
 * DEED_ALIGN_MAX, else null, and errno is EINVAL. `bytes` need be no multiple of it. Null if there
 * is none. deed_free() ends it; a deed_realloc() does not keep the alignment.
 */
#define deed_aligned_alloc(align, bytes)                                                           \
	deed_aligned_alloc_(                                                                       \
		(align), (bytes),                                                                  \
		DEED_HERE("deed_aligned_alloc(" #align ", " #bytes ")", (unsigned char *)0))

/* deed_realloc - a block of `bytes` with the first bytes of `block`, which is then no more.
 *
 * A null `block` is deed_malloc(). 0 bytes are a block as any other, and not a deed_free(). It may
 * be at the same address; in trap builds it never is.
 *
 * Returns null if there is none: `block` is then as it was. Faults: E04 or E05 if `block` has
 * ended, E07 if it is lent, E18 if it is no block; then null, errno is EINVAL, and nothing is
 * changed. One realloc().
 */
#define deed_realloc(block, bytes)                                                                 \
	deed_realloc_((block), (bytes), DEED_HERE(#block, (unsigned char *)0))

/* deed_free - ends a block; null is nothing.
 *
 * Faults: E05 if it has ended already; E08 if it is lent: it then lives on; E18 if it is no block
 * of this family, or not its beginning; E25 if bytes around it were written. (What deed_release(),
 * strdup() or getline() give is free()'s.) errno stays. One free().
 */
#define deed_free(block) deed_free_((block), DEED_HERE(#block, (unsigned char *)0))

/* deed_free_sized - deed_free() of a block whose bytes the caller knows: `bytes` are those that
 * deed_malloc(), deed_calloc() (the product) or deed_realloc() was asked for; not of
 * deed_aligned_alloc(). Faults as deed_free(), and E18 if it has another size. jemalloc then need
 * not look it up.
 */
#define deed_free_sized(block, bytes)                                                              \
	deed_free_sized_((block), (bytes), DEED_HERE(#block, (unsigned char *)0))

/* ---- inline bodies -------------------------------------------------------------------------- */

DEED_BEGIN_C

/* The rest of the release flavour, in lib/own.c. */
void *deed_aligned_alloc_release_(size_t align, size_t bytes)
	__attribute__((malloc, alloc_align(1), alloc_size(2), warn_unused_result));
void deed_free_sized_release_(void *block, size_t bytes);

DEED_INLINE void *deed_malloc_(size_t bytes, const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_trap_malloc(bytes, 1, 0, DEED_FRAME, at);
	return DEED_LIBC(malloc)(bytes);
}

DEED_INLINE void *deed_calloc_(size_t count, size_t size, const struct deed_site *at)
{
	size_t bytes;

	if (!DEED_TRAP)
		return DEED_LIBC(calloc)(count, size);
	if (__builtin_mul_overflow(count, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return deed_trap_malloc(bytes, 1, 1, DEED_FRAME, at);
}

DEED_INLINE void *deed_aligned_alloc_(size_t align, size_t bytes, const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_trap_malloc(bytes, align, 0, DEED_FRAME, at);
	return deed_aligned_alloc_release_(align, bytes);
}

DEED_INLINE void *deed_realloc_(void *block, size_t bytes, const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_trap_realloc(block, bytes, DEED_FRAME, at);
	return DEED_LIBC(realloc)(block, bytes ? bytes : 1); /* 0 is what libraries differ about */
}

DEED_INLINE void deed_free_(void *block, const struct deed_site *at)
{
	if (DEED_TRAP)
		deed_trap_free(block, SIZE_MAX, DEED_FRAME, at);
	else
		DEED_LIBC(free)(block);
}

DEED_INLINE void deed_free_sized_(void *block, size_t bytes, const struct deed_site *at)
{
	if (DEED_TRAP)
		deed_trap_free(block, bytes, DEED_FRAME, at);
	else
		deed_free_sized_release_(block, bytes);
}

/* Parentheses keep the macros off. */
DEED_INLINE void *(deed_malloc)(size_t bytes)
{
	return deed_malloc(bytes);
}

DEED_INLINE void *(deed_calloc)(size_t count, size_t size)
{
	return deed_calloc(count, size);
}

DEED_INLINE void *(deed_aligned_alloc)(size_t align, size_t bytes)
{
	return deed_aligned_alloc(align, bytes);
}

DEED_INLINE void *(deed_realloc)(void *block, size_t bytes)
{
	return deed_realloc(block, bytes);
}

DEED_INLINE void(deed_free)(void *block)
{
	deed_free(block);
}

DEED_INLINE void(deed_free_sized)(void *block, size_t bytes)
{
	deed_free_sized(block, bytes);
}

DEED_END_C

#endif
