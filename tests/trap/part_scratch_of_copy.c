/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_scratch_of_copy.c - a copy of the part is asked for its scratch arena.
 */
#include <deed.h>
#include <deed/pool.h>

struct work {
	struct deed_part part;
	size_t bytes;
};

static void *room(struct work *work)
{
	return deed_arena_alloc(deed_part_scratch(&work->part), work->bytes);
}

static void render(struct deed_part *part, void *context)
{
	struct work work = { *part, 80 };

	(void)context;
	if (!room(&work))
		deed_part_cancel(part, -ENOMEM);
}

int main(void)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, 100, 50);
	return deed_parallel_for(NULL, &plan, render, NULL);
}
