/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/tasks_scratch.c - parts carve out of the scratch arenas of their threads, one after
 * the other, and make and end buffers of their own.
 *
 * options: tsan=1
 */
#include "race.h"

#include "deed/pool.h"

enum { PARTS = 40, LEN = 300 };

static int totals[PARTS];

static void use_scratch(struct deed_part *part, void *unused)
{
	deed_i32 xs = DEED_EMPTY, ys = DEED_EMPTY;
	DEED_SCRATCH(scratch);

	(void)unused;
	require(deed_new_in(&xs, scratch, LEN) == 0);
	require(deed_new(&ys, LEN) == 0);
	{
		DEED_INOUT(x, &xs);
		DEED_INOUT(y, &ys);

		for (size_t i = 0; i < LEN; i++)
			deed_at(x, i) = 0;
		for (size_t i = 0; i < LEN; i++)
			deed_at(y, i) = deed_at(x, i) + (int)part->index;
		for (size_t i = 0; i < LEN; i++)
			totals[part->index] += deed_at(y, i);
	}
	deed_drop(&ys);
}

int main(void)
{
	struct deed_pool *pool = NULL;
	struct deed_plan plan;

	require(deed_pool_new(&pool, 2) == 0);
	for (int round = 0; round < 5; round++) {
		deed_plan_chunks(&plan, PARTS, 1);
		require(deed_parallel_for(pool, &plan, use_scratch, NULL) == 0);
	}
	for (int i = 0; i < PARTS; i++)
		require(totals[i] == 5 * i * LEN);
	require(deed_pool_free(&pool) == 0);
	return 0;
}
