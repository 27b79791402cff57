/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_runs_its_plan.c - a part runs the plan that it is of again.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	struct deed_plan plan;
	deed_f32 xs;
};

static void refine(struct deed_part *part, void *context)
{
	struct job *const job = context;
	const deed_f32_inout mine = deed_part_inout(part, &job->xs);

	deed_fill(mine, 1);
}

static void solve(struct deed_part *part, void *context)
{
	struct job *const job = context;

	if (part->index == 2 && deed_parallel_for(NULL, &job->plan, refine, job))
		return;
}

int main(void)
{
	struct job job = { .xs = DEED_EMPTY };

	if (deed_new_zeroed(&job.xs, 1000))
		return 1;
	deed_plan_parts(&job.plan, 1000, 4);
	deed_share_inout(&job.plan, &job.xs, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &job.plan, solve, &job);
}
