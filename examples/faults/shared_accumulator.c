/* SPDX-License-Identifier: MIT
 *
 * examples/faults/shared_accumulator.c - every part adds to one total: a race, on one worker too.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	deed_f32 numbers, total;
};

static void add_part(struct deed_part *part, void *context)
{
	struct job *job = context;
	deed_f32_borrowed mine = deed_part_borrowed(part, &job->numbers);
	DEED_INOUT(total, &job->total);

	for (size_t i = 0; i < deed_len(mine); i++)
		deed_at(total, 0) += deed_at(mine, i);
}

int main(void)
{
	struct job job = { DEED_EMPTY, DEED_EMPTY };
	struct deed_plan plan;
	int err = deed_new_zeroed(&job.numbers, 10000) || deed_new_zeroed(&job.total, 1);

	if (!err) {
		deed_plan_parts(&plan, 10000, 4);
		deed_share_borrowed(&plan, &job.numbers, DEED_BY_INDEX);
		err = deed_parallel_for(NULL, &plan, add_part, &job); /* no pool: one worker */
	}
	deed_settle(&job.numbers);
	deed_settle(&job.total);
	return err;
}
