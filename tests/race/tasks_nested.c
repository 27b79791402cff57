/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/tasks_nested.c - a part of a part, against the other part of the outer ones.
 *
 * options: tsan=1
 */
#include "race.h"

#include "deed/pool.h"

static void write_inside(struct deed_part *part, void *unused)
{
	(void)unused;
	if (part->index == 2)
		racy_write(2);
}

static void write_outside(struct deed_part *part, void *unused)
{
	struct deed_plan plan;

	(void)unused;
	if (part->index) {
		racy_write(1);
		return;
	}
	deed_plan_chunks(&plan, 3, 1);
	require(deed_parallel_for(NULL, &plan, write_inside, NULL) == 0);
}

int main(void)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, 2, 1);
	require(deed_parallel_for(NULL, &plan, write_outside, NULL) == 0);
	return 0;
}
