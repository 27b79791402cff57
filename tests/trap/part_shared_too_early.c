/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_shared_too_early.c - a buffer is filled after it was shared out.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	deed_f32_inout row;
};

static void halve(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	const deed_f32_inout mine = deed_part_inout(part, &job->row);

	for (size_t i = 0; i < deed_len(mine); i++)
		deed_at(mine, i) /= 2;
}

int main(void)
{
	DEED_AUTO(deed_f32, owner);
	struct deed_plan plan;

	if (deed_new_zeroed(&owner, 256))
		return 1;
	DEED_INOUT(row, &owner);
	struct job job = { row };
	deed_plan_chunks(&plan, deed_len(row), 64);
	deed_share_inout(&plan, &job.row, DEED_BY_INDEX);
	deed_fill(row, 1);
	return deed_parallel_for(NULL, &plan, halve, &job);
}
