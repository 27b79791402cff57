/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_scratch_of_around.c - a part asks for the scratch arena of the part around it.
 */
#include <deed.h>
#include <deed/pool.h>

static void render_row(struct deed_part *part, void *context)
{
	struct deed_part *const around = context;
	char *const row = deed_arena_alloc(deed_part_scratch(around), 80);

	if (row)
		row[0] = (char)part->index;
}

static void render(struct deed_part *part, void *context)
{
	struct deed_plan rows;

	(void)context;
	deed_plan_chunks(&rows, 50, 10);
	deed_part_cancel(part, deed_parallel_for(NULL, &rows, render_row, part));
}

int main(void)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, 100, 50);
	return deed_parallel_for(NULL, &plan, render, NULL);
}
