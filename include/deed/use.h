/* SPDX-License-Identifier: MIT
 *
 * deed/use.h - what a view is for: its elements.
 *
 *     float *p = deed_data(v);                 checked once, then a raw loop
 *     deed_at(v, i) = 2.0f * deed_at(r, i);    checked at every element
 *
 * The rule: a live loan may be read where no live inout child of it covers, and written,
 * if it is inout, where no live child covers: else E13. A loan that has ended is E11, and one that
 * the part of a plan at work may not use so (deed/pool.h) E20.
 *
 * None of these can fail, and none takes or gives up what it is used on. One view may be
 * used on several threads; what they write is theirs to keep apart.
 */
#ifndef DEED_USE_H
#define DEED_USE_H

#include "deed/handle.h"
#include "deed/lend.h"
#include "deed/trap.h"

/* deed_data - the address of a view's first element: `T *` of an inout view, `const T *` of a
 * borrowed one.
 *
 * The right to all of the view is checked here, once (E11, E13, E15, E22); what is done
 * through the pointer is not seen. It is good until the loan ends or a child is taken.
 * To read an inout view while a child borrows from it: deed_data(deed_reading(v)).
 * Null only for a zeroed view. In release builds a load.
 */
#define deed_data(view)                                                                            \
	DEED_TYPED(view, DEED_PICK(DEED_CORE(view), DEED_NONE, deed_data_borrowed_,                \
				   deed_data_inout_)((view).h, DEED_HERE(#view, (view).tag)))

/* deed_at - element `index` of a view, as an lvalue (const through a borrowed view).
 *
 * `index` is below deed_len(), else E15. Bounds and liveness (E11, E13) are checked inline, at
 * every call; the lvalue is good as long as deed_data() is. (The arguments stand in both arms of a
 * constant choice, of which one is compiled: each is evaluated once.)
 */
#define deed_at(view, index)                                                                       \
	(*(DEED_TRAP ? DEED_TYPED(view,                                                            \
				  DEED_PICK(DEED_CORE(view), DEED_NONE, deed_at_borrowed_,         \
					    deed_at_inout_)((view).h, (index), sizeof *(view).tag, \
							    DEED_HERE(#view, (view).tag)))         \
		     : (view).typed.data + (index)))

/* deed_len - the number of elements of a view, or of an owner (0 if it is EMPTY).
 *
 * Metadata: conflicts with no loan, and may be asked of a view whose loan has ended. The
 * owner is given by name, not by address: deed_len(xs). E03, E04 for an owner that has
 * moved or was dropped. Constant time.
 */
#define deed_len(handle)                                                                           \
	(DEED_PICK(DEED_CORE(handle), deed_len_owner_, deed_len_borrowed_, deed_len_inout_)(       \
		DEED_SAY_VALUE(deed_len, handle), DEED_HERE(#handle, (handle).tag)))

/* deed_copy - copies all elements of the view `from` to the inout view `to`, of one family.
 *
 * E15 unless their lengths are equal; E26 if they overlap; E11 and E13 by the rule above. Both
 * may be empty. One memcpy(). Past the caches deed_copy_f32() and deed_copy_f64() of deed/kernels.h
 * are faster.
 */
#define deed_copy(to, from)                                                                        \
	(DEED_SAME((to).borrowed, (from).borrowed),                                                \
	 deed_copy_((to).h, DEED_HERE(#to, (to).tag),                                              \
		    DEED_PICK(DEED_CORE(from), deed_lend_the_owner_first_, deed_as_borrowed_,      \
			      deed_reading_)((from).h),                                            \
		    DEED_HERE(#from, (from).tag), sizeof *(to).tag))

/* deed_fill - sets every element of the inout view to `value`, which is evaluated once.
 *
 * E11 and E13 by the rule above, for all of the view. `value` converts as in an assignment. A loop
 * over elements of the type, in the macro: a function could only copy bytes, which no compiler
 * makes as short. Where it matters, deed_fill_f32() and deed_fill_f64() of deed/kernels.h are the
 * fast ones.
 */
#define deed_fill(view, value)                                                                     \
	(__extension__({                                                                           \
		const __typeof__((view).h) deed_fill_view_ = (view).h;                             \
		const __typeof__(*(view).tag) deed_fill_value_ = (value);                          \
		__typeof__(&*(view).tag) const deed_fill_to_ =                                     \
			(__typeof__(&*(view).tag))deed_data_inout_(deed_fill_view_,                \
								   DEED_HERE(#view, (view).tag));  \
		for (size_t deed_fill_at_ = 0; deed_fill_at_ < deed_fill_view_.len;                \
		     deed_fill_at_++)                                                              \
			deed_fill_to_[deed_fill_at_] = deed_fill_value_;                           \
	}))

/* ---- inline bodies -------------------------------------------------------------------------- */

/* An address with the type that it has in the view, which is not evaluated. No cast in C, where
 * -Wcast-qual takes one to a const array for one that loses the const. */
#ifdef __cplusplus
#define DEED_TYPED(view, address) ((__typeof__(&*(view).tag))(address))
#else
#define DEED_TYPED(view, address)                                                                  \
	(1 ? (__typeof__(*(view).self)){ .h.data = (address) }.tag : (view).tag)
#endif

DEED_BEGIN_C

/* Whether element `index` of a view may be read, or written, without asking: it is inside, and the
 * loan is live, childless, of the kind, and the task's own, or to read outside of all tasks taken.
 * Reads only, so that it may be inline; relaxed, because a program that races on a view's lifetime
 * has no order to preserve.
 */
DEED_INLINE int deed_may_read_at_(size_t len, uint64_t loan, size_t index)
{
	const uint64_t live = (loan & ~DEED_LOAN_SLOT_MASK) | DEED_LOAN_LIVE;
	const uint64_t word = __atomic_load_n(&deed_trap_loans[loan & DEED_LOAN_SLOT_MASK].word,
					      __ATOMIC_RELAXED);

	return DEED_LIKELY(index < len) &&
	       DEED_LIKELY(word == live || (word & deed_trap_rights.reads) == live);
}

DEED_INLINE int deed_may_write_at_(size_t len, uint64_t loan, size_t index)
{
	const uint64_t word = __atomic_load_n(&deed_trap_loans[loan & DEED_LOAN_SLOT_MASK].word,
					      __ATOMIC_RELAXED);

	return DEED_LIKELY(index < len) &&
	       DEED_LIKELY((word ^ (loan & ~DEED_LOAN_SLOT_MASK)) == deed_trap_rights.writes);
}

DEED_INLINE const void *deed_data_borrowed_(struct deed_borrowed view, const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_trap_read(view.data, view.len, DEED_LOAN_OF(view), DEED_FRAME, at);
	return view.data;
}

DEED_INLINE void *deed_data_inout_(struct deed_inout view, const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_trap_write(view.data, view.len, DEED_LOAN_OF(view), DEED_FRAME, at);
	return view.data;
}

DEED_INLINE const void *deed_at_borrowed_(struct deed_borrowed view, size_t index, size_t size,
					  const struct deed_site *at)
{
	if (DEED_TRAP && DEED_UNLIKELY(!deed_may_read_at_(view.len, DEED_LOAN_OF(view), index)))
		return deed_trap_read_at(view.data, view.len, DEED_LOAN_OF(view), index, DEED_FRAME,
					 at);
	return (const char *)view.data + index * size;
}

DEED_INLINE void *deed_at_inout_(struct deed_inout view, size_t index, size_t size,
				 const struct deed_site *at)
{
	if (DEED_TRAP && DEED_UNLIKELY(!deed_may_write_at_(view.len, DEED_LOAN_OF(view), index)))
		return deed_trap_write_at(view.data, view.len, DEED_LOAN_OF(view), index,
					  DEED_FRAME, at);
	return (char *)view.data + index * size;
}

DEED_INLINE size_t deed_len_owner_(struct deed_owner owner, const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_trap_len(&owner, DEED_FRAME, at);
	return owner.len & DEED_LEN_MAX;
}

DEED_INLINE size_t deed_len_borrowed_(struct deed_borrowed view, const struct deed_site *at)
{
	(void)at;
	return view.len;
}

DEED_INLINE size_t deed_len_inout_(struct deed_inout view, const struct deed_site *at)
{
	(void)at;
	return view.len;
}

/* What stands for a function of views where an owner is given: it takes no owner, and what the
 * compiler says of that has its name.
 */
struct deed_lend_the_owner_first;
DEED_INLINE struct deed_borrowed deed_lend_the_owner_first_(
	const struct deed_lend_the_owner_first *owner)
{
	return *(const struct deed_borrowed *)owner;
}

DEED_INLINE struct deed_borrowed deed_as_borrowed_(struct deed_borrowed view)
{
	return view;
}

DEED_INLINE int deed_copy_is_refused_(struct deed_inout to, const struct deed_site *to_at,
				      struct deed_borrowed from, const struct deed_site *from_at)
{
	const struct deed_operand operands[] = {
		{ to.data, to_at, to.len, 1, 1, DEED_LOAN_OF(to) },
		{ from.data, from_at, from.len, 1, 0, DEED_LOAN_OF(from) },
	};

	return deed_trap_operands(operands, 2, "deed_copy", 0, "", DEED_FRAME);
}

DEED_INLINE void deed_copy_(struct deed_inout to, const struct deed_site *to_at,
			    struct deed_borrowed from, const struct deed_site *from_at, size_t size)
{
	if (DEED_TRAP && deed_copy_is_refused_(to, to_at, from, from_at))
		return;
	/* A zeroed view has a null address. Where the compiler knows that `from` is one, `to` is as
	 * long: said so that gcc does not warn of the null that it then sees. */
	if (to.len && !(__builtin_constant_p(from.len) && from.len == 0))
		DEED_LIBC(memcpy)(to.data, from.data, to.len * size);
}

DEED_END_C

#endif
