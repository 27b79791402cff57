/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_shares_and_leaves.c - a part shares out, and returns before those parts have run.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>

static struct deed_plan inner;

static void prepare(struct deed_part *part, void *context)
{
	deed_f32 *const ys = context;

	(void)part;
	deed_plan_chunks(&inner, deed_len(*ys), 100);
	deed_share_inout(&inner, ys, DEED_BY_INDEX);
}

int main(void)
{
	DEED_AUTO(deed_f32, ys);
	struct deed_plan plan;

	if (deed_new_zeroed(&ys, 1000))
		return 1;
	deed_plan_chunks(&plan, 1, 1);
	return deed_parallel_for(NULL, &plan, prepare, &ys);
}
