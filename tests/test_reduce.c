/* SPDX-License-Identifier: MIT
 *
 * tests/test_reduce.c - one result out of many parts, in trap builds.
 */
#include "trapped.h"

#include "reduce_laws.h"

TestSuite(reduce, .init = trapped_begin, .fini = trapped_end, .timeout = 300);

#define LAW(name)                                                                                  \
	Test(reduce, name)                                                                         \
	{                                                                                          \
		name();                                                                            \
	}
REDUCE_LAWS(LAW)

/* Where there is no memory for the partial results, too, what was shared out is so no longer. */
Test(reduce, shares_end_whatever_it_returns)
{
	struct deed_plan plan;
	deed_f32 xs = DEED_EMPTY;
	float sum = 0;
	int err;

	cr_assert(deed_new_zeroed(&xs, 1000) == 0);
	deed_plan_chunks(&plan, 1000, 100);
	for (int round = 0; round < 3; round++) {
		deed_share_inout(&plan, &xs, DEED_BY_INDEX);
		err = deed_reduce(NULL, &plan, no_part, add_float, NULL, &sum,
				  round ? (size_t)1 << 58 : SIZE_MAX);
		cr_expect(err == (round ? -ENOMEM : -EOVERFLOW));
		expect_silent(DEED_INOUT(v, &xs); deed_at(v, 0) = 1);
	}
	deed_drop(&xs);
}
