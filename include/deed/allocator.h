/* SPDX-License-Identifier: MIT
 *
 * deed/allocator.h - owners in memory of any allocator, and deed's own allocators for others.
 *
 *     #include <deed.h>
 *     #include <deed/allocator.h>
 *     ...
 *     deed_f32 frame = DEED_EMPTY;
 *
 *     if (deed_new_with(&frame, deed_huge_pages(), 64 << 20))
 *             return -ENOMEM;
 *     ...
 *     deed_drop(&frame);          back to where it came from
 *
 * An owner remembers its allocator as an adopted one its deleter, in a table beside it; so
 * it is two words as every owner, and is lent, moved, resized and dropped as every owner.
 * A resize stays in the allocator. For who writes an allocator, or calls one of deed's, what
 * the four members promise is said at them.
 */
#ifndef DEED_ALLOCATOR_H
#define DEED_ALLOCATOR_H

#include "deed/own.h"

/* struct deed_allocator - where memory comes from and goes to.
 *
 * Usually a constant. It must outlive whatever it gave, and must not move meanwhile: owners
 * remember its address. Its functions may be called on any thread that makes, resizes or
 * drops an owner, several at once, unless the program keeps its owners to one thread. deed
 * holds no lock while it calls them: they may use deed. They must not throw or jump.
 *
 * `align` is a power of two, at most DEED_ALIGN_MAX; `bytes` is at least 1, whatever was
 * asked of deed. What a block was made or last resized with is said again when it is resized
 * or freed, to the byte.
 */
struct deed_allocator {
	/* A block of `bytes`, at a multiple of `align`, every byte 0 if `zeroed`; null if there is
	 * none. Blocks do not overlap. */
	void *(*alloc)(size_t bytes, size_t align, int zeroed, void *context);
	/* The same block with `bytes`, here or elsewhere, and what both lengths have of its bytes;
	 * null if there is none, and the block is as it was. May be null: then deed allocates,
	 * copies and frees. Trap builds do that always. */
	void *(*resize)(void *block, size_t old_bytes, size_t bytes, size_t align, void *context);
	/* Takes it back. Cannot fail. */
	void (*free)(void *block, size_t bytes, size_t align, void *context);
	/* Handed to each of them as it is. */
	void *context;
};

/* deed_new_with - deed_new() in memory of `allocator`, by address.
 *
 * Elements are aligned as those of deed_new(). deed_resize() stays in the allocator.
 * deed_release() hands out memory that is the allocator's, not free()'s, of as many bytes as the
 * elements have: so trap builds put no redzones around them, nor hold them in quarantine.
 *
 * Returns 0; -EOVERFLOW; -ENOMEM if the allocator has none, or the table of owners: then
 * nothing is kept, and `ret` is as it was. Faults as deed_new(); E18, in a resize too, if the
 * allocator gives what is not aligned as asked, or shares a byte with a buffer that lives. What
 * the allocator costs, a lock of the whole process and a hash table insertion.
 */
#define deed_new_with(ret, allocator, count)                                                       \
	DEED_SAY_MADE(ret, deed_new_with_(&(ret)->h, (allocator), (count), sizeof *(ret)->tag,     \
					  DEED_ALIGNOF(__typeof__(*(ret)->tag)), 0,                \
					  DEED_HERE(#ret, (ret)->tag)))

/* deed_new_zeroed_with - deed_new_with(), every byte 0: what the allocator knows to be fresh, it
 * need not touch. Returns, faults and costs as that.
 */
#define deed_new_zeroed_with(ret, allocator, count)                                                \
	DEED_SAY_MADE(ret, deed_new_with_(&(ret)->h, (allocator), (count), sizeof *(ret)->tag,     \
					  DEED_ALIGNOF(__typeof__(*(ret)->tag)), 1,                \
					  DEED_HERE(#ret, (ret)->tag)))

DEED_BEGIN_C

/* deed_heap - the allocator behind deed_new(), for code that takes one.
 *
 * jemalloc where the program has it, else its malloc family: deed_stats() says which. What it
 * gives may be ended by free(). Any thread. Costs what malloc() costs.
 */
const struct deed_allocator *deed_heap(void) __attribute__((const));

/* deed_pages - memory straight from the kernel, for large buffers.
 *
 * A block is whole pages of its own: zeroed without being touched, so that pages which nobody
 * writes cost nothing; given back to the system when it is freed; and resized by moving
 * pages, not bytes. deed_stats().page_bytes counts them. Any thread. Some microseconds, and a
 * quarter of one for each page when it is touched first: not for what is small.
 */
const struct deed_allocator *deed_pages(void) __attribute__((const));

/* deed_huge_pages - deed_pages() that asks for huge ones: whole multiples of 2 MiB at multiples of
 * 2 MiB, which spare the processor most of its page table walks.
 *
 * Where the system has none, or none left, these are small pages, and nothing else differs.
 * deed_stats().huge_page_bytes counts them where the system has huge pages and is not told
 * never to use them. Which of them are huge, the kernel decides when they are touched
 * (AnonHugePages in /proc/self/smaps).
 */
const struct deed_allocator *deed_huge_pages(void) __attribute__((const));

/* ---- inline bodies -------------------------------------------------------------------------- */

/* The rest of the release flavour, in lib/foreign.c. */
DEED_CHECK_RESULT int deed_new_with_release_(struct deed_owner *ret,
					     const struct deed_allocator *allocator, size_t count,
					     size_t bytes, size_t align, int zeroed) DEED_IN_OUT(1)
	DEED_IN(2);

DEED_CHECK_RESULT DEED_INLINE int deed_new_with_(struct deed_owner *ret,
						 const struct deed_allocator *allocator,
						 size_t count, size_t size, size_t align,
						 int zeroed, const struct deed_site *at)
{
	size_t bytes;

	if (DEED_TRAP)
		return deed_trap_new_with(ret, allocator, count, zeroed, DEED_FRAME, at);
	if (__builtin_mul_overflow(count, size, &bytes) || count > DEED_LEN_MAX)
		return -EOVERFLOW;
	return deed_new_with_release_(ret, allocator, count, bytes, align, zeroed);
}

DEED_END_C

#endif
