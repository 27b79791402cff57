/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_scratch_of_another.c - the parts keep the scratch arena of the first for all.
 */
#include <deed.h>
#include <deed/pool.h>

struct job {
	struct deed_arena *arena;
};

static void render(struct deed_part *part, void *context)
{
	struct job *const job = context;
	char *line;

	if (!job->arena)
		job->arena = deed_part_scratch(part);
	line = deed_arena_new(job->arena, char, 80);
	if (line)
		line[0] = 'a';
}

int main(void)
{
	struct job job = { NULL };
	struct deed_plan plan;

	deed_plan_chunks(&plan, 100, 25);
	return deed_parallel_for(NULL, &plan, render, &job);
}
