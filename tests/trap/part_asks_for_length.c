/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_asks_for_length.c - one part grows what the others ask for its length.
 */
#include <deed.h>
#include <deed/pool.h>

static void count(struct deed_part *part, void *context)
{
	deed_u32 *const found = context;

	if (part->index == 2 && deed_resize(found, 2000))
		deed_part_cancel(part, -1);
	if (part->index < deed_len(*found))
		part->lo++;
}

int main(void)
{
	DEED_AUTO(deed_u32, found);
	struct deed_plan plan;

	if (deed_new_zeroed(&found, 1000))
		return 1;
	deed_plan_chunks(&plan, 100, 25);
	return deed_parallel_for(NULL, &plan, count, &found);
}
