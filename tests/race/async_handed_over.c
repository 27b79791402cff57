/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/async_handed_over.c - what is handed over to the background, and comes back, raw too.
 * options: tsan=1
 */
#include "race.h"

#include "deed/async.h"
#include "deed/reduce.h"

enum { COUNT = 1000, ROUNDS = 200 };

struct job {
	int calls; /* the function's while it is under way, and the caller's before and after */
};

static int count_up(void *owner, void *context)
{
	deed_u32 *const xs = owner;
	struct job *const job = context;
	DEED_INOUT(v, xs);
	uint32_t *const at = deed_data(v);

	for (size_t i = 0; i < COUNT; i++)
		at[i]++;
	job->calls++;
	return 0;
}

static void hand_over(struct deed_pool *pool)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	struct job job = { 0 };
	deed_u32 xs = DEED_EMPTY;

	require(deed_new_zeroed(&xs, COUNT) == 0);
	for (int round = 0; round < ROUNDS; round++) {
		require(deed_async(pool, &async, count_up, &xs, &job) == 0);
		require(deed_await(&async, &xs) == 0);
		DEED_INOUT(v, &xs);
		uint32_t *const at = deed_data(v);

		for (size_t i = 0; i < COUNT; i++)
			at[i]++;
		job.calls++;
	}
	require(job.calls == 2 * ROUNDS);
	{
		DEED_BORROWED(r, &xs);
		require(deed_at(r, COUNT - 1) == 2 * ROUNDS);
	}
	deed_drop(&xs);
}

/* Every part writes to its partial result, and the caller merges them. */
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
		hand_over(workers == 1 ? NULL : pool);
		reduce(pool);
		require(deed_pool_free(&pool) == 0);
	}
	return 0;
}
