/* SPDX-License-Identifier: MIT
 *
 * deed/lend.h - loans: borrow, inout, their parts, guards, and narrower views.
 *
 *     {
 *             DEED_INOUT(v, &xs);                      ends at the closing brace
 *             fill(v);
 *     }
 *     deed_f32_borrowed r = deed_borrow(&xs);          ends where it is told to
 *     float total = sum(r);
 *     deed_end(&xs, &r);
 *
 * A loan is a view and the ledger's record of it. While a *borrowed* loan lives, nobody
 * writes those bytes; while an *inout* loan lives, nobody else touches them. The source
 * of a loan is an owner or a view variable, by address; a loan taken from a view is its
 * child, and suspends it where they overlap (a borrowed child leaves it readable).
 * While anything is lent, its owner neither moves nor resizes nor drops. Ending a loan
 * ends its children. Views are values: pass and copy them freely, they are one loan.
 *
 * An empty range conflicts with nothing and is not recorded, but it has to begin inside its
 * source, too. A zeroed view is a valid empty view. Loans may be used and ended on any
 * thread, but that what a part of a plan has lent is its own, and that it may only read what was
 * lent around it (deed/pool.h), else E20; exclusivity is global. Conflicts are E09, a source
 * that is not live E01, E03, E04 or E11, a range outside its source E15.
 *
 * Cost: nothing in release builds. In trap builds a loan of a whole buffer is one
 * compare-and-swap, and as many others may live as like. A part, a tile or a child is
 * compared with each live part, or child, of its source: n of them at once cost n * n / 2
 * comparisons of a nanosecond or two. No verb here takes memory from the program's
 * allocator; 2^24 loans may live at once.
 */
#ifndef DEED_LEND_H
#define DEED_LEND_H

#include "deed/handle.h"
#include "deed/trap.h"

/* deed_borrow - a loan of all of `source` that may read.
 *
 * `source`: the address of an owner (const or not) or of a view. Returns the family's
 * _borrowed view; it cannot fail. Ended by deed_end(source, &view), or with its source loan.
 */
#define deed_borrow(source) DEED_TAKE_BORROWED(source, #source, 0)

/* deed_inout - a loan of all of `source` that may read and write, and excludes everybody else.
 *
 * `source`: the address of an owner or of an inout view. A const owner or a borrowed
 * view does not compile. Returns the family's _inout view; it cannot fail.
 */
#define deed_inout(source) DEED_TAKE_INOUT(source, #source, 0)

/* deed_borrow_part, deed_inout_part - the same of the elements [lo, hi) of `source`. */
#define deed_borrow_part(source, lo, hi) DEED_TAKE_BORROWED_PART(source, lo, hi, #source, 0)
#define deed_inout_part(source, lo, hi) DEED_TAKE_INOUT_PART(source, lo, hi, #source, 0)

/* deed_reborrow - a child loan of the view's own kind over its elements [lo, hi), lo <= hi <= len;
 * else E15. `view` is the address of a view, and what deed_end() takes as the child's source. */
#define deed_reborrow(view, lo, hi)                                                                \
	DEED_AS((view)->self,                                                                      \
		DEED_PICK(&(view)->h, DEED_NONE, deed_borrow_borrowed_part_,                       \
			  deed_inout_inout_part_)(DEED_SAY(deed_reborrow, view), (lo), (hi),       \
						  sizeof *(view)->tag, 0, DEED_FRAME,              \
						  DEED_HERE(#view, (view)->tag)))

/* deed_split - two child loans, [0, at) in *left and [at, len) in *right, of the view's own kind.
 *
 * E15 unless at <= len. Their source is `view`, through which they are ended.
 */
#define deed_split(view, at, left, right)                                                          \
	(DEED_SAME((view)->self, (left)->self), DEED_SAME((view)->self, (right)->self),            \
	 DEED_PICK(&(view)->h, DEED_NONE, deed_split_borrowed_, deed_split_inout_)(                \
		 DEED_SAY(deed_split, view), (at), sizeof *(view)->tag, DEED_SAY_SET(left),        \
		 DEED_SAY_SET(right), DEED_FRAME, DEED_HERE(#view, (view)->tag)))

/* deed_end - ends the loan that `view` is, and its children.
 *
 * `source` is what it was taken from: another one is E18. Ending twice is E12; ending a
 * child that its parent's end has ended already is fine. `view` may be a slice or a copy.
 */
#define deed_end(source, view)                                                                     \
	(DEED_PICK(&(source)->h, deed_end_owner_, deed_end_borrowed_,                              \
		   deed_end_inout_)(DEED_SAY_END(source, view), DEED_LOAN_OF((view)->h),           \
				    DEED_HERE(#view, (view)->tag)))

/* Guards: declarations of a const view that ends at the end of its block, however the
 * block is left (break, goto, return; a longjmp over it is E14, see deed_loans_mark()).
 *
 *     DEED_BORROWED(r, &xs);               DEED_BORROWED_PART(r, &xs, lo, hi);
 *     DEED_INOUT(v, &xs);                  DEED_INOUT_PART(c, &v, lo, hi);
 *
 * Do not return the view of a guard: its loan has ended by then (E11 at its first use). And
 * no goto over the declaration, into its block: its end runs though its beginning did not
 * (clang refuses it; gcc says so with -Wjump-misses-init).
 */
#define DEED_BORROWED(view, source)                                                                \
	DEED_SAY_GUARD(view, source)                                                               \
	DEED_GUARD(view, (source)->borrowed, DEED_TAKE_BORROWED(source, #source, DEED_LEND_GUARD))
#define DEED_INOUT(view, source)                                                                   \
	DEED_SAY_GUARD(view, source)                                                               \
	DEED_GUARD(view, (source)->inout, DEED_TAKE_INOUT(source, #source, DEED_LEND_GUARD))
#define DEED_BORROWED_PART(view, source, lo, hi)                                                   \
	DEED_SAY_GUARD(view, source)                                                               \
	DEED_GUARD(view, (source)->borrowed,                                                       \
		   DEED_TAKE_BORROWED_PART(source, lo, hi, #source, DEED_LEND_GUARD))
#define DEED_INOUT_PART(view, source, lo, hi)                                                      \
	DEED_SAY_GUARD(view, source)                                                               \
	DEED_GUARD(view, (source)->inout,                                                          \
		   DEED_TAKE_INOUT_PART(source, lo, hi, #source, DEED_LEND_GUARD))

/* deed_reading - the same loan, as a view that only reads. Nothing recorded, nothing to end. */
#define deed_reading(view) DEED_AS((view).borrowed, deed_reading_((view).h))

/* deed_slice - the same loan, narrowed to the elements [lo, hi).
 *
 * Nothing recorded, nothing to end. Two overlapping slices of one inout loan are not told
 * apart, as two copies of one view are not: child loans are. E15 unless lo <= hi <= len.
 */
#define deed_slice(view, lo, hi)                                                                   \
	DEED_AS((view).self,                                                                       \
		DEED_PICK(DEED_CORE(view), DEED_NONE, deed_slice_borrowed_, deed_slice_inout_)(    \
			(view).h, (lo), (hi), sizeof *(view).tag, DEED_HERE(#view, (view).tag)))

/* deed_bytes - the same loan, as a view of its bytes: deed_u8_borrowed or deed_u8_inout. */
#define deed_bytes(view)                                                                           \
	(DEED_PICK(DEED_CORE(view), DEED_NONE, deed_bytes_borrowed_,                               \
		   deed_bytes_inout_)((view).h, sizeof *(view).tag))

DEED_BEGIN_C

/* deed_loans_mark, deed_loans_unwind - for programs whose error path is longjmp().
 *
 *     const uint64_t mark = deed_loans_mark();
 *     if (setjmp(env)) {
 *             deed_loans_unwind(mark);     ends every loan that this thread took since
 *             ...
 *
 * The mark is a value of the calling thread; marks nest. Unwinding is silent, ends guards
 * and plain loans alike, and the parts of a plan that the thread was in and began since, and takes
 * time in proportion to the most loans ever live at once. What a part has of a share stays its own
 * until it returns.
 * Nothing in release builds.
 */
DEED_INLINE uint64_t deed_loans_mark(void)
{
	return DEED_TRAP ? deed_trap_loans_mark() : 0;
}

DEED_INLINE void deed_loans_unwind(uint64_t mark)
{
	if (DEED_TRAP)
		deed_trap_loans_unwind(mark);
}

DEED_END_C

/* ---- inline bodies -------------------------------------------------------------------------- */

/* The type of a view's core, as a pointer: what DEED_PICK looks at when it is given a value. */
#define DEED_CORE(view) ((__typeof__((view).h) *)0)

#define DEED_TAKE_BORROWED(source, text, flags)                                                    \
	DEED_AS((source)->borrowed,                                                                \
		DEED_PICK(&(source)->h, deed_borrow_owner_, deed_borrow_borrowed_,                 \
			  deed_borrow_inout_)(DEED_SAY_LENT(deed_borrow, source, flags), flags,    \
					      DEED_FRAME, DEED_HERE(text, (source)->tag)))
#define DEED_TAKE_INOUT(source, text, flags)                                                       \
	DEED_AS((source)->inout,                                                                   \
		DEED_PICK_WRITABLE(&(source)->h, deed_inout_owner_, deed_inout_inout_)(            \
			DEED_SAY_LENT(deed_inout, source, flags), flags, DEED_FRAME,               \
			DEED_HERE(text, (source)->tag)))
#define DEED_TAKE_BORROWED_PART(source, lo, hi, text, flags)                                       \
	DEED_AS((source)->borrowed,                                                                \
		DEED_PICK(&(source)->h, deed_borrow_owner_part_, deed_borrow_borrowed_part_,       \
			  deed_borrow_inout_part_)(DEED_SAY_LENT(deed_borrow_part, source, flags), \
						   (lo), (hi), sizeof *(source)->tag, flags,       \
						   DEED_FRAME, DEED_HERE(text, (source)->tag)))
#define DEED_TAKE_INOUT_PART(source, lo, hi, text, flags)                                          \
	DEED_AS((source)->inout,                                                                   \
		DEED_PICK_WRITABLE(&(source)->h, deed_inout_owner_part_, deed_inout_inout_part_)(  \
			DEED_SAY_LENT(deed_inout_part, source, flags), (lo), (hi),                 \
			sizeof *(source)->tag, flags, DEED_FRAME, DEED_HERE(text, (source)->tag)))

/* Declares the view, and beside it the variable whose clean-up ends it. */
#define DEED_GUARD(view, type, loan)                                                               \
	const __typeof__(*(type)) view __attribute__((unused)) = loan;                             \
	DEED_CLEANUP(deed_guard_end_)                                                              \
	const struct deed_guard view##_guard_ = { DEED_LOAN_OF((view).h),                          \
						  DEED_HERE(#view, (view).tag) }

struct deed_guard {
	uint64_t loan;
	const struct deed_site *at;
};

DEED_BEGIN_C

DEED_INLINE void deed_guard_end_(const struct deed_guard *guard)
{
	if (DEED_TRAP)
		deed_trap_end_guard(guard->loan, DEED_FRAME, guard->at);
}

/* Cores of views out of what the ledger grants, or out of bare words. */
DEED_INLINE struct deed_borrowed deed_borrowed_core_(const void *data, size_t len, uint64_t loan)
{
	struct deed_borrowed view;

	view.data = data;
	view.len = len;
	DEED_LOAN_SET(view, loan);
	return view;
}

DEED_INLINE struct deed_inout deed_inout_core_(void *data, size_t len, uint64_t loan)
{
	struct deed_inout view;

	view.data = data;
	view.len = len;
	DEED_LOAN_SET(view, loan);
	return view;
}

DEED_INLINE size_t deed_granted_len_(struct deed_grant grant, size_t asked)
{
	return DEED_UNLIKELY(grant.loan == DEED_LOAN_REFUSED) ? deed_trap_refused_len() : asked;
}

DEED_INLINE struct deed_borrowed deed_borrowed_granted_(struct deed_grant grant, size_t asked)
{
	return deed_borrowed_core_(grant.data, deed_granted_len_(grant, asked), grant.loan);
}

DEED_INLINE struct deed_inout deed_inout_granted_(struct deed_grant grant, size_t asked)
{
	return deed_inout_core_(grant.data, deed_granted_len_(grant, asked), grant.loan);
}

/* lo > hi cannot be told in a width: SIZE_MAX never fits a source, so the ledger refuses it. */
DEED_INLINE struct deed_extent deed_extent_of_(size_t lo, size_t hi)
{
	const struct deed_extent extent = { lo, lo <= hi ? hi - lo : SIZE_MAX, 0, 1 };

	return extent;
}

DEED_INLINE struct deed_borrowed deed_borrow_owner_(const struct deed_owner *source, unsigned flags,
						    const void *frame, const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_borrowed_granted_(flags ? deed_trap_lend(source, flags, frame, at)
						    : deed_trap_borrow(source, frame, at),
					      source->len & DEED_LEN_MAX);
	return deed_borrowed_core_(source->own, source->len & DEED_LEN_MAX, 0);
}

DEED_INLINE struct deed_inout deed_inout_owner_(struct deed_owner *source, unsigned flags,
						const void *frame, const struct deed_site *at)
{
	if (DEED_TRAP)
		return deed_inout_granted_(
			flags ? deed_trap_lend(source, flags | DEED_LEND_INOUT, frame, at)
			      : deed_trap_inout(source, frame, at),
			source->len & DEED_LEN_MAX);
	return deed_inout_core_(source->own, source->len & DEED_LEN_MAX, 0);
}

DEED_INLINE struct deed_borrowed deed_borrow_owner_part_(const struct deed_owner *source, size_t lo,
							 size_t hi, size_t size, unsigned flags,
							 const void *frame,
							 const struct deed_site *at)
{
	const struct deed_extent part = deed_extent_of_(lo, hi);

	if (DEED_TRAP)
		return deed_borrowed_granted_(deed_trap_lend_part(source, flags, &part, frame, at),
					      part.width);
	return deed_borrowed_core_((const char *)source->own + lo * size, hi - lo, 0);
}

DEED_INLINE struct deed_inout deed_inout_owner_part_(struct deed_owner *source, size_t lo,
						     size_t hi, size_t size, unsigned flags,
						     const void *frame, const struct deed_site *at)
{
	const struct deed_extent part = deed_extent_of_(lo, hi);

	if (DEED_TRAP)
		return deed_inout_granted_(
			deed_trap_lend_part(source, flags | DEED_LEND_INOUT, &part, frame, at),
			part.width);
	return deed_inout_core_((char *)source->own + lo * size, hi - lo, 0);
}

DEED_INLINE struct deed_borrowed deed_borrow_borrowed_part_(const struct deed_borrowed *source,
							    size_t lo, size_t hi, size_t size,
							    unsigned flags, const void *frame,
							    const struct deed_site *at)
{
	const struct deed_extent part = deed_extent_of_(lo, hi);

	if (DEED_TRAP)
		return deed_borrowed_granted_(deed_trap_reborrow(source->data, source->len,
								 DEED_LOAN_OF(*source), flags,
								 &part, frame, at),
					      part.width);
	return deed_borrowed_core_((const char *)source->data + lo * size, hi - lo, 0);
}

DEED_INLINE struct deed_borrowed deed_borrow_inout_part_(const struct deed_inout *source, size_t lo,
							 size_t hi, size_t size, unsigned flags,
							 const void *frame,
							 const struct deed_site *at)
{
	const struct deed_extent part = deed_extent_of_(lo, hi);

	if (DEED_TRAP)
		return deed_borrowed_granted_(deed_trap_reborrow(source->data, source->len,
								 DEED_LOAN_OF(*source), flags,
								 &part, frame, at),
					      part.width);
	return deed_borrowed_core_((const char *)source->data + lo * size, hi - lo, 0);
}

DEED_INLINE struct deed_inout deed_inout_inout_part_(const struct deed_inout *source, size_t lo,
						     size_t hi, size_t size, unsigned flags,
						     const void *frame, const struct deed_site *at)
{
	const struct deed_extent part = deed_extent_of_(lo, hi);

	if (DEED_TRAP)
		return deed_inout_granted_(
			deed_trap_reborrow(source->data, source->len, DEED_LOAN_OF(*source),
					   flags | DEED_LEND_INOUT, &part, frame, at),
			part.width);
	return deed_inout_core_((char *)source->data + lo * size, hi - lo, 0);
}

DEED_INLINE struct deed_borrowed deed_borrow_borrowed_(const struct deed_borrowed *source,
						       unsigned flags, const void *frame,
						       const struct deed_site *at)
{
	return deed_borrow_borrowed_part_(source, 0, source->len, 0, flags, frame, at);
}

DEED_INLINE struct deed_borrowed deed_borrow_inout_(const struct deed_inout *source, unsigned flags,
						    const void *frame, const struct deed_site *at)
{
	return deed_borrow_inout_part_(source, 0, source->len, 0, flags, frame, at);
}

DEED_INLINE struct deed_inout deed_inout_inout_(const struct deed_inout *source, unsigned flags,
						const void *frame, const struct deed_site *at)
{
	return deed_inout_inout_part_(source, 0, source->len, 0, flags, frame, at);
}

DEED_INLINE void deed_split_borrowed_(const struct deed_borrowed *source, size_t at, size_t size,
				      struct deed_borrowed *left, struct deed_borrowed *right,
				      const void *frame, const struct deed_site *site)
{
	const struct deed_borrowed whole = *source; /* left or right may be the source itself */

	*left = deed_borrow_borrowed_part_(&whole, 0, at, size, 0, frame, site);
	*right = deed_borrow_borrowed_part_(&whole, at, whole.len, size, 0, frame, site);
}

DEED_INLINE void deed_split_inout_(const struct deed_inout *source, size_t at, size_t size,
				   struct deed_inout *left, struct deed_inout *right,
				   const void *frame, const struct deed_site *site)
{
	const struct deed_inout whole = *source;

	*left = deed_inout_inout_part_(&whole, 0, at, size, 0, frame, site);
	*right = deed_inout_inout_part_(&whole, at, whole.len, size, 0, frame, site);
}

DEED_INLINE void deed_end_owner_(const struct deed_owner *source, uint64_t loan,
				 const struct deed_site *at)
{
	if (DEED_TRAP)
		deed_trap_end_of_owner(source, loan, DEED_FRAME, at);
}

DEED_INLINE void deed_end_borrowed_(const struct deed_borrowed *source, uint64_t loan,
				    const struct deed_site *at)
{
	if (DEED_TRAP)
		deed_trap_end_of_loan(DEED_LOAN_OF(*source), loan, DEED_FRAME, at);
}

DEED_INLINE void deed_end_inout_(const struct deed_inout *source, uint64_t loan,
				 const struct deed_site *at)
{
	if (DEED_TRAP)
		deed_trap_end_of_loan(DEED_LOAN_OF(*source), loan, DEED_FRAME, at);
}

DEED_INLINE struct deed_borrowed deed_reading_(struct deed_inout view)
{
	return deed_borrowed_core_(view.data, view.len, DEED_LOAN_OF(view));
}

/* In continue mode a bad range narrows to what there is of it. */
DEED_INLINE struct deed_borrowed deed_slice_borrowed_(struct deed_borrowed view, size_t lo,
						      size_t hi, size_t size,
						      const struct deed_site *at)
{
	if (DEED_TRAP && DEED_UNLIKELY(lo > hi || hi > view.len)) {
		deed_trap_bad_range(DEED_LOAN_OF(view), lo, hi, view.len, DEED_FRAME, at);
		hi = hi > view.len ? view.len : hi;
		lo = lo > hi ? hi : lo;
	}
	return deed_borrowed_core_((const char *)view.data + lo * size, hi - lo,
				   DEED_LOAN_OF(view));
}

DEED_INLINE struct deed_inout deed_slice_inout_(struct deed_inout view, size_t lo, size_t hi,
						size_t size, const struct deed_site *at)
{
	if (DEED_TRAP && DEED_UNLIKELY(lo > hi || hi > view.len)) {
		deed_trap_bad_range(DEED_LOAN_OF(view), lo, hi, view.len, DEED_FRAME, at);
		hi = hi > view.len ? view.len : hi;
		lo = lo > hi ? hi : lo;
	}
	return deed_inout_core_((char *)view.data + lo * size, hi - lo, DEED_LOAN_OF(view));
}

DEED_INLINE deed_u8_borrowed deed_bytes_borrowed_(struct deed_borrowed view, size_t size)
{
	deed_u8_borrowed bytes;

	bytes.h = deed_borrowed_core_(view.data, view.len * size, DEED_LOAN_OF(view));
	return bytes;
}

DEED_INLINE deed_u8_inout deed_bytes_inout_(struct deed_inout view, size_t size)
{
	deed_u8_inout bytes;

	bytes.h = deed_inout_core_(view.data, view.len * size, DEED_LOAN_OF(view));
	return bytes;
}

DEED_END_C

#endif
