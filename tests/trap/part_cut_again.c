/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_cut_again.c - a plan is cut again after a buffer was shared out by it.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void add_one(struct deed_part *part, void *context)
{
	const deed_i32_inout *const ys = context;
	const deed_i32_inout mine = deed_part_inout(part, ys);

	for (size_t i = 0; i < deed_len(mine); i++)
		deed_at(mine, i)++;
}

int main(void)
{
	DEED_AUTO(deed_i32, owner);
	struct deed_plan plan;

	if (deed_new_zeroed(&owner, 1000))
		return 1;
	deed_i32_inout ys = deed_inout(&owner);
	deed_plan_chunks(&plan, 1000, 100);
	deed_share_inout(&plan, &ys, DEED_BY_INDEX);
	deed_plan_chunks(&plan, 1000, 50);
	return deed_parallel_for(NULL, &plan, add_one, &ys);
}
