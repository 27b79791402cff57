/* SPDX-License-Identifier: MIT
 *
 * deed/claim.h - several views at once: what an operation asks of its operands, in one line.
 *
 *     #include <deed.h>
 *     #include <deed/claim.h>
 *     ...
 *     static void smooth_raw(float *restrict y, const float *restrict x, size_t count);
 *
 *     void smooth(deed_f32_inout y, deed_f32_borrowed x)
 *     {
 *             if (!deed_claim(y, x))
 *                     return;
 *             smooth_raw(deed_data(y), deed_data(x), deed_len(y));
 *     }
 *
 * An inout view excludes everybody else from its bytes. But two views of one loan, or two
 * slices of it, are the same holder, and a function that takes both writes what it reads. So
 * who promises a compiler, by `restrict`, that its operands do not overlap claims them first.
 * The kernels of deed/kernels.h, and deed_copy(), claim theirs in the same way.
 */
#ifndef DEED_CLAIM_H
#define DEED_CLAIM_H

#include "deed/handle.h"
#include "deed/lend.h"
#include "deed/trap.h"
#include "deed/use.h"

/* Clang tells of `, ##__VA_ARGS__`. */
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wgnu-zero-variadic-macro-arguments"
#endif

/* deed_claim - whether the operation that is written here may go on: with one to eight views of one
 * length, of which the inout ones are written, and share no byte with any other.
 *
 * The views may be of different families; borrowed ones may overlap each other, and
 * deed_reading(v) of an inout view is one that is only read. Each view is evaluated once. Nothing
 * is recorded, and there is nothing to end.
 *
 * Returns 1. Faults: E11 and E13 by the rights of each view; E15 unless they are equally long; E26
 * if a written one overlaps another. Where the program is let go on after a fault it returns 0,
 * which must be looked at: the operation does nothing then. Reports name the function that it is
 * in. In release builds the constant 1.
 */
#define deed_claim(...)                                                                            \
	deed_claim_(__extension__({                                                                \
		const struct deed_operand deed_claimed_[] = { DEED_CLAIM_EACH(__VA_ARGS__)(        \
			, ##__VA_ARGS__) };                                                        \
		deed_claims_(deed_claimed_, sizeof deed_claimed_ / sizeof *deed_claimed_,          \
			     (const char *)0, 0, "");                                              \
	}))
#ifdef __clang__
#pragma clang diagnostic pop
#endif

/* ---- inline bodies -------------------------------------------------------------------------- */

#define DEED_CLAIMED(view, text)                                                                   \
	DEED_PICK(DEED_CORE(view), deed_lend_the_owner_then_claim_, deed_operand_read_,            \
		  deed_operand_written_)                                                           \
	((view).h, 1, DEED_HERE(text, (view).tag))

/* DEED_CLAIMED() of each argument. Next to `##` an argument is not expanded, and so reports show it
 * as it is written; the comma that this takes makes an empty one in front.
 */
#define DEED_CLAIM_EACH(...)                                                                       \
	DEED_CLAIM_17TH(__VA_ARGS__, DEED_CLAIM_OF_MANY, DEED_CLAIM_OF_MANY, DEED_CLAIM_OF_MANY,   \
			DEED_CLAIM_OF_MANY, DEED_CLAIM_OF_MANY, DEED_CLAIM_OF_MANY,                \
			DEED_CLAIM_OF_MANY, DEED_CLAIM_OF_MANY, DEED_CLAIM_8, DEED_CLAIM_7,        \
			DEED_CLAIM_6, DEED_CLAIM_5, DEED_CLAIM_4, DEED_CLAIM_3, DEED_CLAIM_2,      \
			DEED_CLAIM_1, )
#define DEED_CLAIM_17TH(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, each, ...) each
#define DEED_CLAIM_OF_MANY(...) deed_claim_takes_one_to_eight_views
#define DEED_CLAIM_1(none, a) DEED_CLAIMED(a, #a)
#define DEED_CLAIM_2(none, a, b) DEED_CLAIMED(a, #a), DEED_CLAIMED(b, #b)
#define DEED_CLAIM_3(none, a, b, c) DEED_CLAIMED(a, #a), DEED_CLAIMED(b, #b), DEED_CLAIMED(c, #c)
#define DEED_CLAIM_4(none, a, b, c, d)                                                             \
	DEED_CLAIMED(a, #a), DEED_CLAIMED(b, #b), DEED_CLAIMED(c, #c), DEED_CLAIMED(d, #d)
#define DEED_CLAIM_5(none, a, b, c, d, e)                                                          \
	DEED_CLAIMED(a, #a), DEED_CLAIMED(b, #b), DEED_CLAIMED(c, #c), DEED_CLAIMED(d, #d),        \
		DEED_CLAIMED(e, #e)
#define DEED_CLAIM_6(none, a, b, c, d, e, f)                                                       \
	DEED_CLAIMED(a, #a), DEED_CLAIMED(b, #b), DEED_CLAIMED(c, #c), DEED_CLAIMED(d, #d),        \
		DEED_CLAIMED(e, #e), DEED_CLAIMED(f, #f)
#define DEED_CLAIM_7(none, a, b, c, d, e, f, g)                                                    \
	DEED_CLAIMED(a, #a), DEED_CLAIMED(b, #b), DEED_CLAIMED(c, #c), DEED_CLAIMED(d, #d),        \
		DEED_CLAIMED(e, #e), DEED_CLAIMED(f, #f), DEED_CLAIMED(g, #g)
#define DEED_CLAIM_8(none, a, b, c, d, e, f, g, h)                                                 \
	DEED_CLAIMED(a, #a), DEED_CLAIMED(b, #b), DEED_CLAIMED(c, #c), DEED_CLAIMED(d, #d),        \
		DEED_CLAIMED(e, #e), DEED_CLAIMED(f, #f), DEED_CLAIMED(g, #g), DEED_CLAIMED(h, #h)

DEED_BEGIN_C

/* Of an owner: see deed/use.h. */
DEED_INLINE struct deed_operand deed_lend_the_owner_then_claim_(
	const struct deed_lend_the_owner_first *owner, uint32_t each, const struct deed_site *at)
{
	const struct deed_operand operand = { owner, at, 0, each, 0, 0 };

	return operand;
}

/* `each`: see deed/trap.h. */
DEED_INLINE struct deed_operand deed_operand_read_(struct deed_borrowed view, uint32_t each,
						   const struct deed_site *at)
{
	const struct deed_operand operand = {
		view.data, at, view.len, each, 0, DEED_LOAN_OF(view),
	};

	return operand;
}

DEED_INLINE struct deed_operand deed_operand_written_(struct deed_inout view, uint32_t each,
						      const struct deed_site *at)
{
	const struct deed_operand operand = {
		view.data, at, view.len, each, 1, DEED_LOAN_OF(view),
	};

	return operand;
}

/* Whether all may be used so. `name`, `in_place` and `more`: see deed_trap_operands(). */
DEED_INLINE int deed_claims_(const struct deed_operand *operands, size_t count, const char *name,
			     unsigned in_place, const char *more)
{
	if (!DEED_TRAP)
		return 1;
	if (count == 1)
		return !(operands->is_written ? deed_trap_operand_written : deed_trap_operand_read)(
			operands->data, operands->len, operands->loan, operands->at->element_bytes,
			DEED_FRAME, operands->at);
	return !deed_trap_operands(operands, count, name, in_place, more, DEED_FRAME);
}

DEED_INLINE DEED_CHECK_RESULT int deed_claim_(int may_go_on)
{
	return may_go_on;
}

DEED_END_C

#endif
