/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/tasks_async_of_parts.c - what parts begin in the background, some of it to be awaited
 * when they are over, by several threads on one pool: what is noted of it outlives the teams.
 */
#include "race.h"

#include "deed/async.h"
#include "deed/pool.h"

enum { PARTS = 16, THREADS = 3, ROUNDS = 200 };

struct errand {
	struct round *round;
	size_t index;
	struct deed_async async;
	deed_i32 ys;
};

struct round {
	struct deed_pool *pool;
	deed_i32 xs;
	struct errand errands[PARTS];
};

static int run_errand(void *owner, void *context)
{
	const struct errand *const errand = context;

	{
		DEED_INOUT_PART(v, &errand->round->xs, 4 * errand->index, 4 * errand->index + 4);
		deed_at(v, 0)++;
	}
	DEED_INOUT(y, (deed_i32 *)owner);
	deed_at(y, 0)++;
	return 0;
}

static void await(struct errand *errand)
{
	require(deed_await(&errand->async, &errand->ys) == 0);
	deed_drop(&errand->ys);
}

static void begin_errand(struct deed_part *part, void *context)
{
	struct round *const round = context;
	struct errand *const errand = &round->errands[part->index];

	errand->round = round;
	errand->index = part->index;
	require(deed_arena_alloc(deed_part_scratch(part), 100) != NULL);
	require(deed_new_zeroed(&errand->ys, 4) == 0);
	require(deed_async(round->pool, &errand->async, run_errand, &errand->ys, errand) == 0);
	if (part->index % 3 == 0)
		await(errand);
}

static void *work(void *pool)
{
	for (int i = 0; i < ROUNDS; i++) {
		struct round round = { .pool = pool };
		struct deed_plan plan;

		require(deed_new_zeroed(&round.xs, 4 * PARTS) == 0);
		deed_plan_chunks(&plan, PARTS, 1);
		require(deed_parallel_for(pool, &plan, begin_errand, &round) == 0);
		for (size_t at = 0; at < PARTS; at++)
			if (at % 3)
				await(&round.errands[at]);
		deed_drop(&round.xs);
	}
	return NULL;
}

int main(void)
{
	struct deed_pool *pool = NULL;
	pthread_t threads[THREADS];

	require(deed_pool_new(&pool, 4) == 0);
	for (int i = 0; i < THREADS; i++)
		require(pthread_create(&threads[i], NULL, work, pool) == 0);
	for (int i = 0; i < THREADS; i++)
		require(pthread_join(threads[i], NULL) == 0);
	require(deed_pool_free(&pool) == 0);
	return 0;
}
