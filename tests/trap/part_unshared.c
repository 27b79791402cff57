/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_unshared.c - a part takes back what all parts work on.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	struct deed_plan plan;
	deed_f32 owner;
};

static void find(struct deed_part *part, void *context)
{
	struct job *const job = context;
	const deed_f32_inout mine = deed_part_inout(part, &job->owner);

	if (deed_at(mine, 0) < 1)
		deed_unshare(&job->plan);
}

int main(void)
{
	struct job job = { .owner = DEED_EMPTY };
	int err = deed_new_zeroed(&job.owner, 256);

	if (!err) {
		deed_plan_chunks(&job.plan, 256, 64);
		deed_share_inout(&job.plan, &job.owner, DEED_BY_INDEX);
		err = deed_parallel_for(NULL, &job.plan, find, &job);
	}
	deed_drop(&job.owner);
	return err;
}
