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

/* What goes wrong in a part, or when it is over, or before the plan is run. */
struct slip {
	deed_f32 xs, own;
	deed_f32_inout x, kept;
	size_t how;
};

static void slip_part(struct deed_part *part, void *partial, void *context)
{
	struct slip *const slip = context;
	const deed_f32_inout mine = deed_part_inout(part, &slip->x);
	struct deed_plan plan;

	(void)partial;
	if (part->index != 1)
		return;
	slip->kept = mine;
	switch (slip->how) {
	case 0:
		deed_drop(&slip->xs);
		break;
	case 1:
		deed_at(slip->x, 0) = 1;
		break;
	case 2:
		deed_end(&slip->xs, &slip->x);
		break;
	case 3:
		(void)deed_inout_part(&slip->x, 0, 10);
		break;
	case 4:
		cr_assert(deed_new(&slip->own, 10) == 0);
		deed_plan_chunks(&plan, 10, 5);
		deed_share_inout(&plan, &slip->own, DEED_BY_INDEX);
		deed_drop(&slip->own);
		break;
	default:
		break;
	}
}

DEED_UNCHECKED static void run_slip(struct slip *slip)
{
	struct deed_plan plan;
	float sum = 0;
	int err;

	slip->x = deed_inout(&slip->xs);
	deed_plan_chunks(&plan, 100, 10);
	deed_share_inout(&plan, &slip->x, DEED_BY_INDEX);
	if (slip->how == 5)
		deed_drop(&slip->xs);
	if (slip->how == 6)
		deed_at(slip->x, 1) = 1;
	err = deed_reduce(NULL, &plan, slip_part, add_float, slip, &sum, sizeof sum);
	cr_assert(err == 0);
	if (slip->how == 7)
		deed_at(slip->kept, 0) = 1;
}

/* No report says that it was another call which runs the parts. */
DEED_UNCHECKED Test(reduce, has_reports_that_name_no_other_call)
{
	static const enum deed_fault faults[] = { DEED_E08, DEED_E13, DEED_E20, DEED_E20,
						  DEED_E08, DEED_E08, DEED_E13, DEED_E11 };

	for (size_t how = 0; how < ARRAY_LEN(faults); how++) {
		const uint64_t mark = deed_loans_mark();
		struct slip slip = { .how = how };

		cr_assert(deed_new_zeroed(&slip.xs, 100) == 0);
		expect_fault(faults[how], run_slip(&slip));
		cr_expect(!strstr(trapped.report.text, "deed_parallel_for"), "%zu: %s", how,
			  trapped.report.text);
		deed_loans_unwind(mark);
		deed_settle(&slip.xs);
		deed_settle(&slip.own);
	}
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
