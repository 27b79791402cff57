/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/tasks_reduce.c - parts write to partial results of their own, and the caller merges
 * them.
 *
 * options: tsan=1
 */
#include "race.h"

#include "deed/reduce.h"

enum { ROUNDS = 200 };

static void count_part(struct deed_part *part, void *partial, void *context)
{
	uint32_t *const counts = partial;

	(void)context;
	for (size_t i = 0; i < 20; i++)
		counts[(part->index + i) % 20]++;
}

static void add(void *into, const void *from, void *context)
{
	uint32_t *const left = into;
	const uint32_t *const right = from;

	(void)context;
	for (size_t i = 0; i < 20; i++)
		left[i] += right[i];
}

static void reduce(struct deed_pool *pool)
{
	for (int round = 0; round < ROUNDS; round++) {
		uint32_t counts[20] = { 0 };
		struct deed_plan plan;

		deed_plan_chunks(&plan, 50, 1);
		require(deed_reduce(pool, &plan, count_part, add, NULL, counts, sizeof counts) ==
			0);
		for (size_t i = 0; i < 20; i++)
			require(counts[i] == 50);
	}
}

int main(void)
{
	for (unsigned workers = 1; workers < 4; workers++) {
		struct deed_pool *pool = NULL;

		require(deed_pool_new(&pool, workers) == 0);
		reduce(pool);
		require(deed_pool_free(&pool) == 0);
	}
	return 0;
}
