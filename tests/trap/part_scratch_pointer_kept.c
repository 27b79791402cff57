/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_scratch_pointer_kept.c - a pointer to a part's scratch is lent when it is over.
 */
#include <deed.h>
#include <deed/pool.h>

static void name_it(struct deed_part *part, void *context)
{
	char **const names = context;

	names[part->index] = deed_arena_new(deed_part_scratch(part), char, 8);
}

int main(void)
{
	char *names[4] = { NULL };
	struct deed_plan plan;

	deed_plan_chunks(&plan, 100, 25);
	if (deed_parallel_for(NULL, &plan, name_it, names))
		return 1;
	DEED_LEND(name, names[0], 8);
	deed_fill(name, 0);
	return 0;
}
