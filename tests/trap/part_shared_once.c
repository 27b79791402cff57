/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_shared_once.c - a loop runs its parts again, and shares out before it.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>

static void add_one(struct deed_part *part, void *context)
{
	deed_f32 *const ys = context;

	deed_offset_f32_by(deed_part_inout(part, ys), 1);
}

int main(void)
{
	DEED_AUTO(deed_f32, ys);
	struct deed_plan plan;
	int err = deed_new_zeroed(&ys, 1000);

	deed_plan_chunks(&plan, 10, 1);
	deed_share_inout(&plan, &ys, deed_by_rows(100));
	for (int round = 0; round < 10 && !err; round++)
		err = deed_parallel_for(NULL, &plan, add_one, &ys);
	return err;
}
