/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_writes_what_others_read.c - a row is computed from the row above, in place.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

#define WIDTH 16

static void step(struct deed_part *part, void *context)
{
	deed_f32 *const grid = context;

	DEED_INOUT_PART(mine, grid, part->lo * WIDTH, part->hi * WIDTH);
	if (!part->index)
		return;
	DEED_BORROWED_PART(above, grid, (part->lo - 1) * WIDTH, part->lo * WIDTH);
	deed_at(mine, 0) = deed_at(above, 0);
}

int main(void)
{
	DEED_AUTO(deed_f32, grid);
	struct deed_plan plan;

	if (deed_new_zeroed(&grid, 64 * WIDTH))
		return 1;
	deed_plan_parts(&plan, 64, 4);
	return deed_parallel_for(NULL, &plan, step, &grid);
}
