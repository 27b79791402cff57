/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_swaps.c - the first part swaps the buffers for all; the others
 * may be done with them, or not.
 */
#include <deed.h>
#include <deed/pool.h>

struct grid {
	deed_f32 now, next;
};

static void step(struct deed_part *part, void *context)
{
	struct grid *const grid = context;

	if (part->index == 0)
		deed_swap(&grid->now, &grid->next);
	DEED_BORROWED_PART(mine, &grid->now, part->lo, part->hi);
	if (deed_at(mine, 0) > 0)
		deed_part_cancel(part, 1);
}

int main(void)
{
	struct grid grid = { 0 };
	struct deed_plan plan;

	if (deed_new_zeroed(&grid.now, 100) || deed_new_zeroed(&grid.next, 100))
		return 1;
	deed_plan_chunks(&plan, 100, 50);
	if (deed_parallel_for(NULL, &plan, step, &grid))
		return 1;
	deed_drop(&grid.now);
	deed_drop(&grid.next);
	return 0;
}
