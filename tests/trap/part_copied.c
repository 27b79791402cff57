/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_copied.c - a part is copied, and what it has is taken with the copy.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>

struct work {
	struct deed_part part;
	deed_f32 *ys;
};

static void clear(struct work *work)
{
	deed_fill(deed_part_inout(&work->part, work->ys), 0);
}

static void clear_part(struct deed_part *part, void *context)
{
	struct work work = { *part, context };

	clear(&work);
}

int main(void)
{
	DEED_AUTO(deed_f32, ys);
	struct deed_plan plan;

	if (deed_new_zeroed(&ys, 1000))
		return 1;
	deed_plan_chunks(&plan, deed_len(ys), 128);
	deed_share_inout(&plan, &ys, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, clear_part, &ys);
}
