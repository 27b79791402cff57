/* SPDX-License-Identifier: MIT
 *
 * deed/own.h - make, move, resize and end owners.
 *
 *     deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;
 *
 *     if (deed_new(&xs, 1000))
 *             return -ENOMEM;
 *     deed_move(&ys, &xs);        xs is empty afterwards
 *     deed_drop(&ys);
 *
 * An owner is a variable. It starts as DEED_EMPTY, comes to own a buffer, and gives it
 * up by a move or a drop. Copying the variable copies the handle, not the buffer: the
 * copy is stale as soon as the original moves, resizes or drops. A struct that holds
 * owners may be moved by assignment, memcpy, realloc or qsort; its old place is then
 * forgotten, not dropped or settled. So overwriting a live owner is E02 only where a verb
 * put it. At another address, which it came to by assignment or as a function's result,
 * it may as well be the old place: the buffer that is lost is E17 then, at exit.
 *
 * Errors are 0 or a negative errno; after an error every output is as it was. Faults
 * (E01 ...) are broken rules: trap builds report them, release builds do not look.
 * Every verb here that uses what an owner owns is E18 where its bits name no buffer (a
 * variable that was not initialised), and E22 where the buffer was made with another element
 * type. It is a fault of the handle (E01, E03, E04) where it says so.
 *
 * Verbs on different owners may run on different threads; verbs on one owner need the
 * program's own synchronisation, as any variable does. A buffer may be dropped on another
 * thread than it was made on. None of this holds a lock while it is in the allocator.
 */
#ifndef DEED_OWN_H
#define DEED_OWN_H

#include <errno.h>

#include "deed/handle.h"
#include "deed/trap.h"

/* The strictest alignment that deed_new_aligned() takes: a huge page. */
#define DEED_ALIGN_MAX ((size_t)2 << 20)

/* deed_new - makes `ret` the owner of `count` new elements, not initialised.
 *
 * `ret` is an EMPTY, MOVED or DROPPED owner, by address. The elements are aligned to
 * the larger of 16 and their type's alignment; a buffer of fewer than 16 bytes, to what
 * malloc() gives it. `count` may be 0: an owner of nothing, which is moved and dropped as
 * any other.
 *
 * Returns 0: the program owns the buffer through `ret` until it drops it, or moves it on.
 * -EOVERFLOW if the bytes do not fit a size_t; -ENOMEM: `ret` is as it was. Faults: E02 if
 * `ret` still owns. One malloc().
 */
#define deed_new(ret, count)                                                                       \
	DEED_SAY_MADE(ret, deed_new_(&(ret)->h, (count), sizeof *(ret)->tag,                       \
				     DEED_ALIGNOF(__typeof__(*(ret)->tag)), 0,                     \
				     DEED_HERE(#ret, (ret)->tag)))

/* deed_new_zeroed - deed_new(), every byte 0. Returns and faults as that. One calloc(). */
#define deed_new_zeroed(ret, count)                                                                \
	DEED_SAY_MADE(ret, deed_new_(&(ret)->h, (count), sizeof *(ret)->tag,                       \
				     DEED_ALIGNOF(__typeof__(*(ret)->tag)), 1,                     \
				     DEED_HERE(#ret, (ret)->tag)))

/* deed_new_aligned - deed_new() at a multiple of `align` bytes, kept by deed_resize().
 *
 * `align` is a power of two up to DEED_ALIGN_MAX, else -EINVAL; less than deed_new()
 * gives anyway is no error. Returns and faults as deed_new() otherwise. One
 * posix_memalign(), or jemalloc's mallocx(); a malloc() where that will do.
 */
#define deed_new_aligned(ret, count, align)                                                        \
	DEED_SAY_MADE(ret, deed_new_aligned_(&(ret)->h, (count), sizeof *(ret)->tag,               \
					     DEED_ALIGNOF(__typeof__(*(ret)->tag)), (align),       \
					     DEED_HERE(#ret, (ret)->tag)))

/* deed_new2 - deed_new() of rows * columns elements; -EOVERFLOW if that does not fit. Either may
 * be 0. Returns and faults as deed_new(): the buffer does not remember its rows.
 */
#define deed_new2(ret, rows, columns)                                                              \
	DEED_SAY_MADE(ret, deed_new2_(&(ret)->h, (rows), (columns), sizeof *(ret)->tag,            \
				      DEED_ALIGNOF(__typeof__(*(ret)->tag)),                       \
				      DEED_HERE(#ret, (ret)->tag)))

/* deed_from - deed_new(), filled with a copy of the `count` elements at `pointer`.
 *
 * `pointer` points to the element type, and may be null if `count` is 0. What it points to
 * is only read, and stays its owner's. Returns and faults as deed_new(). One malloc(), one
 * memcpy().
 */
#define deed_from(ret, pointer, count)                                                             \
	DEED_SAY_MADE(ret, deed_from_(&(ret)->h, 1 ? (pointer) : (ret)->tag, (count),              \
				      sizeof *(ret)->tag, DEED_ALIGNOF(__typeof__(*(ret)->tag)),   \
				      DEED_HERE(#ret, (ret)->tag)))

/* deed_clone - deed_new(), filled with a copy of what `source` holds.
 *
 * `source` is an owner or a view of the same family, by address. It is only read, and an
 * owner's alignment is not copied. Two may clone one source at once. Returns as deed_new().
 * Faults: E02 if `ret` still owns; E01, E03, E04, E11 for a source that is not live; E13 if
 * it is lent inout. While it is copied an owner is borrowed: a thread that lends it inout then
 * is E09. One malloc(), one memcpy().
 */
#define deed_clone(ret, source)                                                                    \
	DEED_SAY_MADE(ret,                                                                         \
		      (DEED_SAME((ret)->borrowed, (source)->borrowed),                             \
		       deed_result_(DEED_PICK(&(source)->h, deed_clone_owner_,                     \
					      deed_clone_borrowed_, deed_clone_inout_)(            \
			       &(ret)->h, DEED_SAY(deed_clone, source), sizeof *(ret)->tag,        \
			       DEED_ALIGNOF(__typeof__(*(ret)->tag)), DEED_HERE(#ret, (ret)->tag), \
			       DEED_HERE(#source, (source)->tag)))))

/* deed_move - `to` becomes the owner of what `from` owns; `from` is MOVED.
 *
 * Both by address, of one family; `to` is an owner that owns nothing. Moving what is owned
 * to where it is does nothing. The elements stay where they are: raw pointers to them stay
 * good, copies of `from` do not. Constant time, cannot fail. Faults: E01, E03, E04 for
 * `from`; E06 if it is lent; E02 if `to` still owns.
 */
#define deed_move(to, from)                                                                        \
	(DEED_SAME((to)->self, (from)->self),                                                      \
	 deed_move_(DEED_SAY_MOVE(to, from), &(from)->h, DEED_HERE(#to, (to)->tag),                \
		    DEED_HERE(#from, (from)->tag)))

/* deed_swap - exchanges two owners of one family, by address, empty ones too.
 *
 * Constant time, cannot fail; the elements stay where they are. Faults: E06 if either is lent;
 * E03, E04 for a copy of a handle whose buffer was moved or dropped through another.
 */
#define deed_swap(a, b)                                                                            \
	(DEED_SAME((a)->self, (b)->self),                                                          \
	 deed_swap_(DEED_SAY(deed_swap, a), DEED_SAY(deed_swap, b), DEED_HERE(#a, (a)->tag),       \
		    DEED_HERE(#b, (b)->tag)))

/* deed_drop - ends the buffer; the owner is DROPPED.
 *
 * Strict: E03 after a move, E05 after a drop. An EMPTY owner is nothing to drop and
 * no fault. E08 if it is lent: the buffer then lives on. E18 for static data. One free();
 * an adopted buffer is given to its deleter, on this thread.
 */
#define deed_drop(owner) deed_drop_(DEED_SAY(deed_drop, owner), DEED_HERE(#owner, (owner)->tag))

/* deed_settle - drops if it owns, and is silent if not.
 *
 * For destructors and single-exit clean-up, where an owner may have been moved on. An owner
 * that is empty, was moved from or was dropped is fine, and so is static data. E08 if it is
 * lent; E03, E04 or E05 of a bit copy whose buffer is gone: in a release build that is a
 * double free. Cost and deleter as deed_drop().
 */
#define deed_settle(owner)                                                                         \
	deed_settle_(DEED_SAY(deed_settle, owner), DEED_HERE(#owner, (owner)->tag))

/* DEED_AUTO - declares an empty owner that settles at the end of its block.
 *
 *     DEED_AUTO(deed_f32, scratch);
 *
 * A declaration, of `scratch` and of a variable beside it. To return the buffer, move it to the
 * caller's owner. Left by longjmp() or pthread_exit() the block settles nothing. Faults as
 * deed_settle().
 */
#define DEED_AUTO(family, name)                                                                    \
	family name = DEED_EMPTY;                                                                  \
	DEED_SAY_AUTO(name)                                                                        \
	DEED_CLEANUP(deed_auto_end_)                                                               \
	const struct deed_auto name##_auto_ = { &(name).h, DEED_HERE(#name, (name).tag) }

/* deed_resize - makes the buffer `count` elements long.
 *
 * The elements that both lengths have keep their values; new ones are as after
 * deed_new(). The alignment stays. The buffer may move: no view or raw pointer into
 * it stays good (in trap builds it always moves). Resizing to the length that it has
 * does nothing. An adopted buffer becomes an ordinary one, and its deleter gets the
 * old memory.
 *
 * Returns 0; -EOVERFLOW; -ENOMEM: owner and bytes are then untouched. Faults: E01, E03,
 * E04; E07 if it is lent; E18 for static data. One realloc(), or jemalloc's rallocx(); else,
 * of aligned or adopted memory, an allocation and a copy.
 */
#define deed_resize(owner, count)                                                                  \
	deed_resize_(DEED_SAY(deed_resize, owner), (count), sizeof *(owner)->tag,                  \
		     DEED_ALIGNOF(__typeof__(*(owner)->tag)), DEED_HERE(#owner, (owner)->tag))

/* deed_owns - 1 if the owner owns a buffer, else 0. Never a fault. A copy of a handle whose
 * original is gone owns nothing (trap builds know that; release builds cannot). Constant time.
 */
#define deed_owns(owner) DEED_SAY_OWNS(owner, deed_owns_(&(owner)->h))

/* deed_immortal - the buffer is meant to live until the program ends: not a leak.
 *
 * It may be used, moved and dropped as any other. Cannot fail. Faults: E01, E03, E04. Nothing in
 * release builds.
 */
#define deed_immortal(owner)                                                                       \
	deed_immortal_(DEED_SAY(deed_immortal, owner), DEED_HERE(#owner, (owner)->tag))

/* ---- inline bodies -------------------------------------------------------------------------- */

struct deed_auto {
	struct deed_owner *owner;
	const struct deed_site *at;
};

DEED_BEGIN_C

/* The rest of the release flavour, in lib/own.c and lib/foreign.c. Aligned memory is ended by
 * free(). Null if there is none. */
void *deed_alloc_aligned_(size_t bytes, size_t align, int zeroed) DEED_FRESH(1, 2);
DEED_CHECK_RESULT int deed_resize_release_(struct deed_owner *owner, size_t count, size_t size,
					   size_t align) DEED_IN_OUT(1);
void deed_drop_foreign_(void *data);

DEED_CHECK_RESULT DEED_INLINE int deed_new_(struct deed_owner *ret, size_t count, size_t size,
					    size_t align, int zeroed, const struct deed_site *at)
{
	enum deed_origin origin = DEED_ORIGIN_HEAP;
	size_t bytes;
	void *data;

	if (DEED_TRAP)
		return deed_trap_new(ret, count, 0, zeroed, DEED_FRAME, at);
	if (__builtin_mul_overflow(count, size, &bytes) || (size == 0 && count > DEED_LEN_MAX))
		return -EOVERFLOW;
	bytes = bytes ? bytes : 1; /* a null pointer means: owns nothing */
	/* malloc() aligns to 16, but what is small to its size alone. */
	if (align > 16 || (align > 8 && align > bytes)) {
		data = deed_alloc_aligned_(bytes, align, zeroed);
		origin = DEED_ORIGIN_ALIGNED;
	} else {
		data = zeroed ? DEED_LIBC(calloc)(1, bytes) : DEED_LIBC(malloc)(bytes);
	}
	if (!data)
		return -ENOMEM;
	ret->own = data;
	ret->len = count | (size_t)origin << DEED_ORIGIN_SHIFT;
	return 0;
}

DEED_CHECK_RESULT DEED_INLINE int deed_new_aligned_(struct deed_owner *ret, size_t count,
						    size_t size, size_t natural, size_t align,
						    const struct deed_site *at)
{
	if (!align || (align & (align - 1)) || align > DEED_ALIGN_MAX)
		return -EINVAL;
	if (DEED_TRAP)
		return deed_trap_new(ret, count, align, 0, DEED_FRAME, at);
	return deed_new_(ret, count, size, align > natural ? align : natural, 0, at);
}

DEED_CHECK_RESULT DEED_INLINE int deed_new2_(struct deed_owner *ret, size_t rows, size_t columns,
					     size_t size, size_t align, const struct deed_site *at)
{
	size_t count;

	if (__builtin_mul_overflow(rows, columns, &count))
		return -EOVERFLOW;
	return deed_new_(ret, count, size, align, 0, at);
}

DEED_CHECK_RESULT DEED_INLINE int deed_from_(struct deed_owner *ret, const void *source,
					     size_t count, size_t size, size_t align,
					     const struct deed_site *at)
{
	int err;

	if (DEED_TRAP)
		return deed_trap_from(ret, source, count, DEED_FRAME, at);
	err = deed_new_(ret, count, size, align, 0, at);
	if (!err && count)
		DEED_LIBC(memcpy)(ret->own, source, count * size);
	return err;
}

/* A result that must be looked at, from a function that was picked: C++ picks a pointer, which has
 * lost the function's attributes.
 */
DEED_CHECK_RESULT DEED_INLINE int deed_result_(int err)
{
	return err;
}

DEED_CHECK_RESULT DEED_INLINE int deed_clone_owner_(struct deed_owner *ret,
						    const struct deed_owner *source, size_t size,
						    size_t align, const struct deed_site *ret_at,
						    const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_trap_clone(ret, source, ret_at, DEED_FRAME, at);
	return deed_from_(ret, source->own, source->len & DEED_LEN_MAX, size, align, ret_at);
}

DEED_CHECK_RESULT DEED_INLINE int deed_clone_borrowed_(struct deed_owner *ret,
						       const struct deed_borrowed *source,
						       size_t size, size_t align,
						       const struct deed_site *ret_at,
						       const struct deed_site *at)
{
	const void *data = source->data;

	if (DEED_TRAP)
		data = deed_trap_read(data, source->len, DEED_LOAN_OF(*source), DEED_FRAME, at);
	return deed_from_(ret, data, source->len, size, align, ret_at);
}

DEED_CHECK_RESULT DEED_INLINE int deed_clone_inout_(struct deed_owner *ret,
						    const struct deed_inout *source, size_t size,
						    size_t align, const struct deed_site *ret_at,
						    const struct deed_site *at)
{
	const void *data = source->data;

	if (DEED_TRAP)
		data = deed_trap_read(data, source->len, DEED_LOAN_OF(*source), DEED_FRAME, at);
	return deed_from_(ret, data, source->len, size, align, ret_at);
}

DEED_INLINE void deed_move_(struct deed_owner *to, struct deed_owner *from,
			    const struct deed_site *to_at, const struct deed_site *at)
{
	struct deed_owner moved;

	if (DEED_TRAP) {
		deed_trap_move(to, from, to_at, DEED_FRAME, at);
		return;
	}
	moved = *from;
	from->own = NULL;
	from->len = 0;
	*to = moved;
}

DEED_INLINE void deed_swap_(struct deed_owner *a, struct deed_owner *b,
			    const struct deed_site *a_at, const struct deed_site *b_at)
{
	struct deed_owner was;

	if (DEED_TRAP) {
		deed_trap_swap(a, b, a_at, DEED_FRAME, b_at);
		return;
	}
	was = *a;
	*a = *b;
	*b = was;
}

DEED_INLINE void deed_drop_(struct deed_owner *owner, const struct deed_site *at)
{
	struct deed_owner ended;

	if (DEED_TRAP) {
		deed_trap_drop(owner, DEED_FRAME, at);
		return;
	}
	/* Emptied first: a compiler that keeps the address over the call spills it. */
	ended = *owner;
	owner->own = NULL;
	owner->len = 0;
	if (DEED_LIKELY(!(ended.len >> (DEED_ORIGIN_SHIFT + 1))))
		DEED_LIBC(free)(ended.own);
	else if (ended.len >> DEED_ORIGIN_SHIFT == DEED_ORIGIN_FOREIGN)
		deed_drop_foreign_(ended.own);
}

DEED_INLINE void deed_settle_(struct deed_owner *owner, const struct deed_site *at)
{
	if (DEED_TRAP)
		deed_trap_settle(owner, DEED_FRAME, at);
	else
		deed_drop_(owner, at); /* free(NULL) is nothing */
}

DEED_INLINE void deed_auto_end_(const struct deed_auto *automatic)
{
	if (DEED_TRAP)
		deed_trap_auto_end(automatic->owner, DEED_FRAME, automatic->at);
	else
		deed_settle_(automatic->owner, automatic->at);
}

DEED_CHECK_RESULT DEED_INLINE int deed_resize_(struct deed_owner *owner, size_t count, size_t size,
					       size_t align, const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_trap_resize(owner, count, DEED_FRAME, at);
	return deed_resize_release_(owner, count, size, align);
}

DEED_INLINE int deed_owns_(const struct deed_owner *owner)
{
	if (DEED_TRAP)
		return deed_trap_owns(owner);
	return owner->own != NULL;
}

DEED_INLINE void deed_immortal_(struct deed_owner *owner, const struct deed_site *at)
{
	if (DEED_TRAP)
		deed_trap_immortal(owner, DEED_FRAME, at);
}

DEED_END_C

#endif
