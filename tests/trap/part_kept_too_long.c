/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_kept_too_long.c - the caller reads a part's view when the parts are done.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	deed_f32_inout row;
	deed_f32_borrowed best;
};

static void find(struct deed_part *part, void *context)
{
	struct job *const job = context;

	if (part->index == 2)
		job->best = deed_part_borrowed(part, &job->row);
}

int main(void)
{
	DEED_AUTO(deed_f32, owner);
	struct deed_plan plan;

	if (deed_new_zeroed(&owner, 256))
		return 1;
	DEED_INOUT(row, &owner);
	struct job job = { .row = row };
	deed_plan_chunks(&plan, deed_len(row), 64);
	deed_share_inout(&plan, &job.row, DEED_BY_INDEX);
	if (deed_parallel_for(NULL, &plan, find, &job))
		return 1;
	return (int)deed_at(job.best, 0);
}
