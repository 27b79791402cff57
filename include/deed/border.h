/* SPDX-License-Identifier: MIT
 *
 * deed/border.h - the raw border: memory that deed did not allocate.
 *
 *     void blur(float *out, const float *in, size_t n)
 *     {
 *             DEED_LEND(o, out, n);             nobody else touches out[0..n) in this block
 *             DEED_LEND_CONST(i, in, n);        nobody writes in[0..n) in this block
 *             ... the code as it was ...
 *     }
 *
 * The two lines are restrict, checked at run time: a call with out and in overlapping is
 * E09, and the report shows both. They see every other loan and lend of the same bytes,
 * whatever handle or pointer it came from. Nothing is left of them in release builds.
 */
#ifndef DEED_BORDER_H
#define DEED_BORDER_H

#include "deed/handle.h"
#include "deed/lend.h"
#include "deed/own.h"
#include "deed/trap.h"

/* What ends an adopted buffer. Runs once, on the thread that drops it; must not throw or jump. */
typedef void (*deed_deleter_fn)(void *data, size_t bytes, void *context);

/* deed_adopt - `ret` becomes the owner of the `count` elements at `pointer`.
 *
 * At the drop, deleter(pointer, bytes, context) runs, where bytes is count * element size;
 * a null deleter does nothing. `pointer` is a T * or a void * (of mmap, say), not null, and
 * aligned for T. `count` may be 0. The memory must stay until the deleter has run.
 *
 * Returns 0: the memory is the owner's, to be freed by the deleter alone. Else it
 * is still the caller's, and no deleter will run: -EINVAL for a null or misaligned pointer;
 * -EOVERFLOW if the bytes do not fit a size_t; -ENOMEM. Faults: E02; E18 if `pointer` is a
 * buffer's base already. That two owners overlap otherwise is not noticed, and loans of the
 * one exclude no loans of the other: adopt every byte once. A lock of the whole process and
 * a hash table insertion.
 */
#define deed_adopt(ret, pointer, count, deleter, context)                                          \
	DEED_SAY_MADE(ret, deed_adopt_(&(ret)->h, 1 ? (pointer) : (ret)->tag, (count),             \
				       sizeof *(ret)->tag, DEED_ALIGNOF(__typeof__(*(ret)->tag)),  \
				       (deleter), (context), DEED_HERE(#ret, (ret)->tag)))

/* deed_static - `ret` becomes an owner of static data: it can be borrowed, and nothing else.
 *
 * `pointer` may be const, and may have several such owners; what it points to outlives them.
 * Never a leak, needs no drop: a drop, a resize or a release is E18, an inout loan E10; to
 * move or settle it is fine. Returns and faults as deed_adopt() does, but E18 only for the
 * base of a buffer that is not static. Constant time in release builds.
 */
#define deed_static(ret, pointer, count)                                                           \
	DEED_SAY_MADE(ret, deed_static_(&(ret)->h, 1 ? (pointer) : (ret)->tag, (count),            \
					sizeof *(ret)->tag, DEED_ALIGNOF(__typeof__(*(ret)->tag)), \
					DEED_HERE(#ret, (ret)->tag)))

/* deed_release - gives the memory back as a raw pointer; the owner is DROPPED.
 *
 * Returns the address of the first element, which is the caller's from now on: memory of the
 * deed_new() family is free()'s, and an adopted buffer's deleter is forgotten. Not null,
 * even of a buffer without elements; null after a fault. Faults: E01, E03, E05; E08 if it is
 * lent; E18 for static data; E25, though released, if bytes next to it were written. Constant
 * time; of adopted memory, a lock and a hash table. A trap build moves the bytes of what deed
 * allocated: pointers to where they were are stale.
 */
#define deed_release(owner)                                                                        \
	((__typeof__(&*(owner)->tag))deed_release_(DEED_SAY(deed_release, owner),                  \
						   DEED_HERE(#owner, (owner)->tag)))

/* DEED_LEND, DEED_LEND_CONST - declares `view`, a loan of the `count` elements at `pointer` until
 * the end of the block: inout, or borrowed.
 *
 * Bytes inside a buffer that deed knows are a loan of that buffer (its drop, move or resize
 * meanwhile is E08, E06, E07). Overlap with another loan is E09, by address. A function may
 * lend what its caller holds: the callee's lend is then a child of the caller's loan. Two
 * lends in one invocation of a function are siblings, and conflict if they overlap. Nor does
 * a thread inherit what another one lent: E09. It is handed a part of the view to use, or a
 * pointer to lend before anybody else does.
 *
 * An invocation is known by its function and its frame. Where a compiler has inlined two into
 * one frame, what tells them apart is the function's name, or that one line lends twice at
 * once. So these pass for one invocation when inlined, and are E09 if they lend the same
 * bytes: recursion that lends at another line each time, and in C++ two lambdas of one
 * signature in one function. __attribute__((noinline)) tells them apart.
 *
 * Going on with `pointer` is fine; it is not to volatile. The view is the predefined family's
 * for arithmetic elements (deed_f32_inout for float *), else of a type of its own, which has
 * parts and tiles as a family's view has; it may go unused. `pointer` may be null if `count`
 * is 0: nothing is lent then. E04 or E21 if the bytes were a buffer's, or of an arena, and that
 * has ended, as far as deed still keeps them from others. E15 if the bytes go over the end of the
 * address space; those that go over the end of a buffer are a loan of each that they meet. Cannot
 * fail; nothing in release builds.
 */
#define DEED_LEND(view, pointer, count)                                                            \
	DEED_DEFINE_VIEWS(deed_lent_##view, __typeof__(*(pointer)));                               \
	DEED_GUARD(view, DEED_LENT_INOUT(pointer, (union deed_lent_##view##_inout *)0),            \
		   DEED_AS(DEED_LENT_INOUT(pointer, (union deed_lent_##view##_inout *)0),          \
			   deed_lend_((pointer), (count), DEED_FRAME,                              \
				      DEED_HERE(#pointer, (pointer)))))
#define DEED_LEND_CONST(view, pointer, count)                                                      \
	DEED_DEFINE_VIEWS(deed_lent_##view, __typeof__(*(pointer)));                               \
	DEED_GUARD(view, DEED_LENT_BORROWED(pointer, (union deed_lent_##view##_borrowed *)0),      \
		   DEED_AS(DEED_LENT_BORROWED(pointer, (union deed_lent_##view##_borrowed *)0),    \
			   deed_lend_const_((pointer), (count), DEED_FRAME,                        \
					    DEED_HERE(#pointer, (pointer)))))

/* ---- inline bodies -------------------------------------------------------------------------- */

/* A null pointer to the predefined family's view of what `pointer` points to, else `other`. */
#ifdef __cplusplus
extern "C++" {
template <typename Element, typename Other> struct deed_lent_type_ {
	typedef Other inout, borrowed;
};
#define DEED_LENT_TYPE(element, family)                                                            \
	template <typename Other> struct deed_lent_type_<element, Other> {                         \
		typedef family##_inout inout;                                                      \
		typedef family##_borrowed borrowed;                                                \
	}
DEED_LENT_TYPE(int8_t, deed_i8);
DEED_LENT_TYPE(int16_t, deed_i16);
DEED_LENT_TYPE(int32_t, deed_i32);
DEED_LENT_TYPE(int64_t, deed_i64);
DEED_LENT_TYPE(uint8_t, deed_u8);
DEED_LENT_TYPE(uint16_t, deed_u16);
DEED_LENT_TYPE(uint32_t, deed_u32);
DEED_LENT_TYPE(uint64_t, deed_u64);
DEED_LENT_TYPE(float, deed_f32);
DEED_LENT_TYPE(double, deed_f64);
#undef DEED_LENT_TYPE
template <typename Element, typename Other>
typename deed_lent_type_<Element, Other>::inout *deed_lent_inout_(const volatile Element *,
								  Other *);
template <typename Element, typename Other>
typename deed_lent_type_<Element, Other>::borrowed *deed_lent_borrowed_(const volatile Element *,
									Other *);
}
#define DEED_LENT_INOUT(pointer, other) ((decltype(deed_lent_inout_((pointer), other)))0)
#define DEED_LENT_BORROWED(pointer, other) ((decltype(deed_lent_borrowed_((pointer), other)))0)
#else
#define DEED_LENT_INOUT(pointer, other)                                                            \
	_Generic((pointer), int8_t *: (deed_i8_inout *)0, int16_t *: (deed_i16_inout *)0,          \
		 int32_t *: (deed_i32_inout *)0, int64_t *: (deed_i64_inout *)0,                   \
		 uint8_t *: (deed_u8_inout *)0, uint16_t *: (deed_u16_inout *)0,                   \
		 uint32_t *: (deed_u32_inout *)0, uint64_t *: (deed_u64_inout *)0,                 \
		 float *: (deed_f32_inout *)0, double *: (deed_f64_inout *)0, default: other)
#define DEED_LENT_BORROWED(pointer, other)                                                         \
	_Generic((const __typeof__(*(pointer)) *)0, const int8_t *: (deed_i8_borrowed *)0,         \
		 const int16_t *: (deed_i16_borrowed *)0, const int32_t *: (deed_i32_borrowed *)0, \
		 const int64_t *: (deed_i64_borrowed *)0, const uint8_t *: (deed_u8_borrowed *)0,  \
		 const uint16_t *: (deed_u16_borrowed *)0,                                         \
		 const uint32_t *: (deed_u32_borrowed *)0,                                         \
		 const uint64_t *: (deed_u64_borrowed *)0, const float *: (deed_f32_borrowed *)0,  \
		 const double *: (deed_f64_borrowed *)0, default: other)
#endif

DEED_BEGIN_C

/* The rest of the release flavour, in lib/foreign.c: the side table of adopted buffers. */
DEED_CHECK_RESULT int deed_adopt_release_(struct deed_owner *ret, void *data, size_t count,
					  size_t bytes, deed_deleter_fn deleter, void *context)
	DEED_IN_OUT(1) DEED_NOT_READ(2);
void deed_forget_foreign_(void *data);

/* Whether `count` elements can lie at `data`, and how many bytes they are. */
DEED_CHECK_RESULT DEED_INLINE int deed_border_bytes_(const void *data, size_t count, size_t size,
						     size_t align, size_t *ret_bytes)
{
	if (!data || (uintptr_t)data % align)
		return -EINVAL;
	if (__builtin_mul_overflow(count, size, ret_bytes) || count > DEED_LEN_MAX)
		return -EOVERFLOW;
	return 0;
}

DEED_CHECK_RESULT DEED_INLINE int deed_adopt_(struct deed_owner *ret, void *data, size_t count,
					      size_t size, size_t align, deed_deleter_fn deleter,
					      void *context, const struct deed_site *at)
{
	size_t bytes;
	const int err = deed_border_bytes_(data, count, size, align, &bytes);

	if (err)
		return err;
	if (DEED_TRAP)
		return deed_trap_adopt(ret, data, count, deleter, context, DEED_FRAME, at);
	return deed_adopt_release_(ret, data, count, bytes, deleter, context);
}

DEED_CHECK_RESULT DEED_INLINE int deed_static_(struct deed_owner *ret, const void *data,
					       size_t count, size_t size, size_t align,
					       const struct deed_site *at)
{
	size_t bytes;
	const int err = deed_border_bytes_(data, count, size, align, &bytes);

	if (err)
		return err;
	if (DEED_TRAP)
		return deed_trap_static(ret, data, count, DEED_FRAME, at);
	ret->own = (void *)(uintptr_t)data; /* only ever lent as const */
	ret->len = count | (size_t)DEED_ORIGIN_BORDER << DEED_ORIGIN_SHIFT;
	return 0;
}

DEED_INLINE void *deed_release_(struct deed_owner *owner, const struct deed_site *at)
{
	void *data;

	if (DEED_TRAP)
		return deed_trap_release(owner, DEED_FRAME, at);
	data = owner->own;
	if (DEED_UNLIKELY(owner->len >> DEED_ORIGIN_SHIFT == DEED_ORIGIN_FOREIGN))
		deed_forget_foreign_(data);
	owner->own = NULL;
	owner->len = 0;
	return data;
}

DEED_INLINE struct deed_inout deed_lend_(void *data, size_t count, const void *frame,
					 const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_inout_granted_(deed_trap_lend_raw(data, count,
							      DEED_LEND_INOUT | DEED_LEND_GUARD,
							      frame, at),
					   count);
	return deed_inout_core_(data, count, 0);
}

DEED_INLINE struct deed_borrowed deed_lend_const_(const void *data, size_t count, const void *frame,
						  const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_borrowed_granted_(
			deed_trap_lend_raw(data, count, DEED_LEND_BORROWED | DEED_LEND_GUARD, frame,
					   at),
			count);
	return deed_borrowed_core_(data, count, 0);
}

DEED_END_C

#endif
