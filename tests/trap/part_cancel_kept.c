/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_cancel_kept.c - a part is kept, and its plan cancelled with it when it is over.
 */
#include <deed/pool.h>

static struct deed_part *first;

static void begin(struct deed_part *part, void *context)
{
	(void)context;
	if (part->index == 0)
		first = part;
}

int main(void)
{
	struct deed_plan plan;
	int err;

	deed_plan_chunks(&plan, 100, 25);
	err = deed_parallel_for(NULL, &plan, begin, NULL);
	deed_part_cancel(first, -1);
	return err;
}
