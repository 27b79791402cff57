/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_takes_after_unwinding.c - a part begins with deed_loans_unwind(), as if to clean
 * up, with a mark from before it: it has ended itself.
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

	deed_loans_unwind(job->mark);
	deed_fill(deed_part_inout(part, &job->ys), 0);
}

int main(void)
{
	static struct job job;
	static struct deed_plan plan;

	if (deed_new_zeroed(&job.ys, 1000))
		return 1;
	job.mark = deed_loans_mark();
	deed_plan_chunks(&plan, deed_len(job.ys), 128);
	deed_share_inout(&plan, &job.ys, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, clear, &job);
}
