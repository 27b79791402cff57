/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_too_small.c - a hand-over for every element.
 *
 * status: 0
 */
#include <deed.h>
#include <deed/hot.h>
#include <deed/pool.h>

static void nothing(struct deed_part *part, void *context)
{
	(void)part;
	(void)context;
}

int main(void)
{
	struct deed_plan plan;

	DEED_HOT("touching");
	deed_plan_chunks(&plan, 1000000, 1);
	return deed_parallel_for(NULL, &plan, nothing, NULL);
}
