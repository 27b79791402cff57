/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_unwinds_itself.c - a part gives up by deed_loans_unwind(), and does not jump.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	deed_f32 ys;
	uint64_t mark;
};

static void clear(struct deed_part *part, void *context)
{
	struct job *const job = context;

	deed_fill(deed_part_inout(part, &job->ys), 0);
	if (part->index == 3) {
		deed_loans_unwind(job->mark);
		deed_drop(&job->ys);
	}
}

int main(void)
{
	static struct job job;
	static struct deed_plan plan;

	if (deed_new_zeroed(&job.ys, 1000))
		return 1;
	deed_plan_chunks(&plan, deed_len(job.ys), 128);
	deed_share_inout(&plan, &job.ys, DEED_BY_INDEX);
	job.mark = deed_loans_mark();
	return deed_parallel_for(NULL, &plan, clear, &job);
}
