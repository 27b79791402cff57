/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_plan_cut_inside.c - a part cuts the plan again that it is a part of.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	struct deed_plan plan;
	deed_i32 ys;
};

static void clear_part(struct deed_part *part, void *context)
{
	struct job *const job = context;

	deed_plan_chunks(&job->plan, 1000, 500);
	deed_fill(deed_part_inout(part, &job->ys), 0);
}

int main(void)
{
	struct job job = { .ys = DEED_EMPTY };
	int err = deed_new(&job.ys, 1000);

	if (err)
		return 1;
	deed_plan_chunks(&job.plan, 1000, 100);
	deed_share_inout(&job.plan, &job.ys, DEED_BY_INDEX);
	err = deed_parallel_for(NULL, &job.plan, clear_part, &job);
	deed_drop(&job.ys);
	return err;
}
