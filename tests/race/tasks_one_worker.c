/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/tasks_one_worker.c - two parts write one int that deed knows nothing of, one after the
 * other on one thread: a race, for with two threads they would meet.
 *
 * options: tsan=1
 */
#include "race.h"

#include "deed/pool.h"

static void write_it(struct deed_part *part, void *unused)
{
	(void)unused;
	racy_write((int)part->index);
}

int main(void)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, 2, 1);
	require(deed_parallel_for(NULL, &plan, write_it, NULL) == 0);
	return 0;
}
