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

CHILD(reduces_as_drawn)
{
	size_t merges = 0;

	for (size_t count = 1; count < 100; count++) {
		struct subtree tree = { 0, 0, 0 };
		struct deed_plan plan;
		int err;

		deed_plan_chunks(&plan, count, 1);
		err = deed_reduce(NULL, &plan, plant, graft, &merges, &tree, sizeof tree);
		require(err == 0 && tree.hi == count && tree.shape == shape_of(0, count));
	}
}

Test(reduce, the_tree_is_the_same_in_every_order)
{
	expect_clean_exit(child_run("reduces_as_drawn", "", "schedule=1"));
	expect_clean_exit(child_run("reduces_as_drawn", "", "schedule=20061"));
}
