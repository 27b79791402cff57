/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_not_shared.c - a part takes of a buffer that nobody shared out.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	deed_f32_inout y;
	deed_f32_borrowed x;
};

static void copy(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	deed_copy(deed_part_inout(part, &job->y), deed_part_borrowed(part, &job->x));
}

int main(void)
{
	DEED_AUTO(deed_f32, xs);
	DEED_AUTO(deed_f32, ys);
	struct deed_plan plan;

	if (deed_new_zeroed(&xs, 256) || deed_new_zeroed(&ys, 256))
		return 1;
	DEED_BORROWED(x, &xs);
	DEED_INOUT(y, &ys);
	struct job job = { y, x };
	deed_plan_chunks(&plan, deed_len(x), 64);
	deed_share_inout(&plan, &job.y, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, copy, &job);
}
