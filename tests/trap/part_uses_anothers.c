/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_uses_anothers.c - the first part leaves its view where the second finds it.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	deed_f32_inout row, mine;
};

static void halve(struct deed_part *part, void *context)
{
	struct job *const job = context;

	if (part->index == 0)
		job->mine = deed_part_inout(part, &job->row);
	for (size_t i = 0; i < deed_len(job->mine); i++)
		deed_at(job->mine, i) /= 2;
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
	return deed_parallel_for(NULL, &plan, halve, &job);
}
