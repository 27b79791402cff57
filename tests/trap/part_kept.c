/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_kept.c - what a part had is kept, and used in the same part of the next round.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>

enum { PARTS = 8 };

struct job {
	deed_f32 *ys;
	deed_f32_inout mine[PARTS];
};

static void begin(struct deed_part *part, void *context)
{
	struct job *const job = context;

	job->mine[part->index] = deed_part_inout(part, job->ys);
}

static void step(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	deed_fill(job->mine[part->index], 1);
}

int main(void)
{
	DEED_AUTO(deed_f32, ys);
	struct job job = { .ys = &ys };
	struct deed_plan plan;
	int err = deed_new_zeroed(&ys, PARTS * 100);

	deed_plan_parts(&plan, PARTS * 100, PARTS);
	deed_share_inout(&plan, &ys, DEED_BY_INDEX);
	if (!err)
		err = deed_parallel_for(NULL, &plan, begin, &job);
	return err ? err : deed_parallel_for(NULL, &plan, step, &job);
}
