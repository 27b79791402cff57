/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_scratch_lent.c - a part hands out a view of what lies in its scratch.
 */
#include <deed.h>
#include <deed/pool.h>

struct job {
	deed_u8 texts[2];
	deed_u8_borrowed shown[2];
};

static void show(struct deed_part *part, void *context)
{
	struct job *const job = context;

	if (!deed_new_in(&job->texts[part->index], deed_part_scratch(part), 80))
		job->shown[part->index] = deed_borrow(&job->texts[part->index]);
}

int main(void)
{
	struct job job = { { DEED_EMPTY, DEED_EMPTY }, { { { 0 } }, { { 0 } } } };
	struct deed_plan plan;

	deed_plan_chunks(&plan, 100, 50);
	return deed_parallel_for(NULL, &plan, show, &job);
}
