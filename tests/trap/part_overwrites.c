/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_overwrites.c - parts that make their buffers in one handle.
 */
#include <deed.h>
#include <deed/pool.h>

static deed_f32 sums = DEED_EMPTY;

static void sum_part(struct deed_part *part, void *context)
{
	(void)context;
	if (deed_new(&sums, part->hi - part->lo))
		deed_part_cancel(part, -ENOMEM);
}

int main(void)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, 100, 50);
	return deed_parallel_for(NULL, &plan, sum_part, NULL);
}
