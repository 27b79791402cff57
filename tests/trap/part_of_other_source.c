/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_of_other_source.c - a view is shared out, and its owner taken from.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	deed_f32 *ys;
	deed_f32_inout y;
};

static void clear(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	deed_fill(deed_part_inout(part, job->ys), 0);
}

int main(void)
{
	DEED_AUTO(deed_f32, ys);
	struct deed_plan plan;

	if (deed_new_zeroed(&ys, 1000))
		return 1;
	DEED_INOUT(y, &ys);
	struct job job = { &ys, y };
	deed_plan_chunks(&plan, deed_len(y), 128);
	deed_share_inout(&plan, &job.y, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, clear, &job);
}
