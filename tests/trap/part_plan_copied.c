/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_plan_copied.c - a plan is copied with its shares, and both are run.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void add_one(struct deed_part *part, void *context)
{
	deed_i32 *const ys = context;
	const deed_i32_inout mine = deed_part_inout(part, ys);

	for (size_t i = 0; i < deed_len(mine); i++)
		deed_at(mine, i)++;
}

int main(void)
{
	const size_t edges[] = { 0, 400, 1000 };
	DEED_AUTO(deed_i32, ys);
	struct deed_plan plan, again;

	if (deed_new_zeroed(&ys, 1000))
		return 1;
	deed_plan_chunks(&plan, 2, 1);
	deed_share_inout(&plan, &ys, deed_by_edges(edges));
	again = plan;
	if (deed_parallel_for(NULL, &plan, add_one, &ys))
		return 1;
	return deed_parallel_for(NULL, &again, add_one, &ys);
}
