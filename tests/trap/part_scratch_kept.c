/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_scratch_kept.c - the scratch arena of a part is used when the parts are over.
 */
#include <deed.h>
#include <deed/pool.h>

static void render(struct deed_part *part, void *context)
{
	struct deed_arena **const kept = context;

	if (part->index == 2)
		*kept = deed_part_scratch(part);
}

int main(void)
{
	struct deed_arena *kept = NULL;
	struct deed_plan plan;
	deed_u8 line = DEED_EMPTY;

	deed_plan_chunks(&plan, 100, 25);
	if (deed_parallel_for(NULL, &plan, render, &kept))
		return 1;
	return deed_new_in(&line, kept, 80);
}
