/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/tasks_workers.c - the same on the threads of a pool, whoever works on what.
 *
 * options: tsan=1
 */
#include "race.h"

#include "deed/pool.h"

static void write_it(struct deed_part *part, void *unused)
{
	(void)unused;
	if (part->index % 3 == 0)
		racy_write((int)part->index);
}

int main(void)
{
	struct deed_pool *pool = NULL;
	struct deed_plan plan;

	require(deed_pool_new(&pool, 4) == 0);
	deed_plan_chunks(&plan, 6, 1);
	require(deed_parallel_for(pool, &plan, write_it, NULL) == 0);
	require(deed_pool_free(&pool) == 0);
	return 0;
}
