/* SPDX-License-Identifier: MIT
 *
 * tests/test_release_share.c - plans and shares in the flavour that checks nothing.
 */
#include "share_laws.h"

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1:abort_on_error=1";
}

TestSuite(release_share, .timeout = 60);

_Static_assert(!DEED_TRAP, "these are the tests of the release flavour");

#define LAW(name)                                                                                  \
	Test(release_share, name)                                                                  \
	{                                                                                          \
		law_##name();                                                                      \
	}
SHARE_LAWS(LAW)

/* Of a plan of rows it would be their first elements. */
Test(release_share, tiles_are_of_a_plan_of_tiles)
{
	deed_u32 ys = DEED_EMPTY;
	struct deed_plan plan;
	struct law_job job = { .parts = 0 };

	cr_assert(deed_new_zeroed(&ys, 80) == 0);
	for (int i = 0; i < 2; i++) {
		deed_plan_chunks(&plan, 8, 4);
		if (i)
			deed_plan_parts(&plan, 8, 2);
		deed_share_inout(&plan, &ys, deed_by_tile(10));
		cr_expect(plan.share_count == 0);
		cr_expect(deed_parallel_for(NULL, &plan, law_mark, &job) == -EINVAL && !job.parts);
	}
	deed_plan_tiles(&plan, 8, 1, 4, 1);
	deed_share_inout(&plan, &ys, deed_by_tile(10));
	cr_expect(deed_parallel_for(NULL, &plan, law_nothing, NULL) == 0);
	deed_drop(&ys);
}

static void take_what_is_not_shared(struct deed_part *part, void *context)
{
	struct law_job *const job = context;

	cr_expect(deed_len(deed_part_inout(part, &job->y)) == 0);
	job->parts++;
}

Test(release_share, what_was_not_shared_out_has_no_elements)
{
	deed_u32 ys = DEED_EMPTY;
	struct deed_plan plan;

	cr_assert(deed_new_zeroed(&ys, 100) == 0);
	{
		DEED_INOUT(y, &ys);
		struct law_job job = { .y = y };

		deed_plan_chunks(&plan, 100, 10);
		cr_expect(deed_parallel_for(NULL, &plan, take_what_is_not_shared, &job) == 0);
		cr_expect(job.parts == 10);
	}
	deed_drop(&ys);
}
