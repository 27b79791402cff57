/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_scratch_inside.c - the parts of a part carve from the scratch arena around them.
 */
#include <deed.h>
#include <deed/pool.h>

static void render_row(struct deed_part *part, void *context)
{
	struct deed_arena *const arena = context;
	char *const row = deed_arena_alloc(arena, 80);

	if (row)
		row[0] = (char)part->index;
}

static void render(struct deed_part *part, void *context)
{
	struct deed_arena *const arena = deed_part_scratch(part);
	struct deed_plan rows;

	(void)context;
	deed_plan_chunks(&rows, 50, 10);
	deed_part_cancel(part, deed_parallel_for(NULL, &rows, render_row, arena));
}

int main(void)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, 100, 50);
	return deed_parallel_for(NULL, &plan, render, NULL);
}
