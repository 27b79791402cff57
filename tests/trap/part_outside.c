/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_outside.c - the plan counts more elements than one of its buffers has.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	deed_f32_inout to;
	deed_f32_borrowed from;
};

static void copy(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	deed_copy(deed_part_inout(part, &job->to), deed_part_borrowed(part, &job->from));
}

int main(void)
{
	DEED_AUTO(deed_f32, xs);
	DEED_AUTO(deed_f32, ys);
	struct deed_plan plan;

	if (deed_new_zeroed(&xs, 1000) || deed_new_zeroed(&ys, 900))
		return 1;
	DEED_BORROWED(from, &xs);
	DEED_INOUT(to, &ys);
	struct job job = { to, from };
	deed_plan_chunks(&plan, deed_len(from), 128);
	deed_share_borrowed(&plan, &job.from, DEED_BY_INDEX);
	deed_share_inout(&plan, &job.to, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, copy, &job);
}
