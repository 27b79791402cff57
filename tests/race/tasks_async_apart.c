/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/tasks_async_apart.c - what is handed over, and what comes back. What the caller wrote
 * before is the function's to read, and what that wrote is the caller's afterwards; meanwhile each
 * writes what is its own. Whoever runs the function, it uses its thread's stack, variables and
 * standard library, which that thread has used before, and uses again.
 *
 * options: tsan=1
 */
#include "race.h"

#include <errno.h>
#include <string.h>

#include "deed/async.h"
#include "deed/pool.h"
#include "deed/soa.h"

#define PAIR(FIELD) FIELD(uint32_t, a) FIELD(float, b)
DEED_SOA(pairs, PAIR);

enum { ROUNDS = 30, DEPTH = 20 };

struct job {
	struct deed_pool *pool;
	int before, during, after, depth;
	int *heap;
};

static _Thread_local int mine[32];

static __attribute__((noinline)) void use_stack(size_t depth)
{
	volatile char room[3000];

	memset((void *)(uintptr_t)room, (int)depth, sizeof room);
	require(room[depth] == (char)depth);
	if (depth)
		use_stack(depth - 1);
}

/* Of the thread, not of the task. */
static void use_thread(int value)
{
	char text[32];
	int *const fresh = malloc(100 * sizeof *fresh);

	require(fresh);
	memset(fresh, value, 100 * sizeof *fresh);
	for (size_t i = 0; i < 32; i++)
		mine[i] += value + fresh[i];
	errno = value;
	use_stack(value % 3 == 1 ? 60 : 3);
	require(errno == value);
	require(snprintf(text, sizeof text, "%d", value) > 0);
	free(fresh);
}

static int work(void *owner, void *context);

static void nest(const struct job *job, deed_u32 *xs)
{
	struct job inner = { job->pool, job->before, 0, 0, job->depth - 1, job->heap };
	struct deed_async async = DEED_ASYNC_EMPTY;

	require(deed_async(job->pool, &async, work, xs, &inner) == 0);
	use_thread(job->depth);
	inner.during = 2;
	require(deed_await(&async, xs) == 0);
	require(inner.after == inner.before + 1 && inner.during == 2);
}

static int work(void *owner, void *context)
{
	struct job *const job = context;
	deed_u32 *const xs = owner;

	use_thread(job->before);
	{
		DEED_INOUT(v, xs);

		deed_at(v, 0)++;
	}
	job->heap[job->depth]++;
	job->after = job->before + 1;
	if (job->depth)
		nest(job, xs);
	return 0;
}

static int push(void *owner, void *context)
{
	pairs *const ps = owner;

	use_thread(*(const int *)context);
	return deed_soa_push(ps, { .a = 1, .b = 2 });
}

static void rounds(struct deed_pool *pool)
{
	static int heap[DEPTH];
	deed_u32 xs = DEED_EMPTY;
	pairs ps = DEED_EMPTY;

	require(deed_new_zeroed(&xs, 10) == 0);
	require(deed_soa_new(&ps, 0) == 0);
	for (int round = 0; round < ROUNDS; round++) {
		struct deed_async async = DEED_ASYNC_EMPTY, pushing = DEED_ASYNC_EMPTY;
		struct job job = { pool, round, 0, 0, round % 3, heap };

		require(deed_async(pool, &async, work, &xs, &job) == 0);
		require(deed_async(pool, &pushing, push, &ps, &round) == 0);
		use_thread(round);
		job.during = 1;
		require(deed_await(&async, &xs) == 0);
		require(job.after == round + 1 && job.during == 1);
		heap[job.depth]++;
		job.after = 0;
		require(deed_await(&pushing, &ps) == 0);
		require(deed_soa_len(ps) == (size_t)round + 1 && deed_soa_get(&ps, 0).a == 1);
	}
	{
		DEED_BORROWED(r, &xs);

		require(deed_at(r, 0) == 2 * ROUNDS);
	}
	deed_soa_drop(&ps);
	deed_drop(&xs);
}

/* Begun by one thread, and awaited by another, which has it from the first. */
static struct deed_async handed = DEED_ASYNC_EMPTY;
static deed_u32 numbers = DEED_EMPTY;

static void *await_handed(void *unused)
{
	(void)unused;
	use_thread(5);
	require(deed_await(&handed, &numbers) == 0);
	use_thread(7);
	return NULL;
}

static void hand_on(struct deed_pool *pool)
{
	static int heap[DEPTH];
	struct job job = { pool, 3, 0, 0, 0, heap };
	pthread_t thread;

	require(deed_new_zeroed(&numbers, 10) == 0);
	for (int round = 0; round < 10; round++) {
		require(deed_async(pool, &handed, work, &numbers, &job) == 0);
		require(pthread_create(&thread, NULL, await_handed, NULL) == 0);
		require(pthread_join(thread, NULL) == 0);
		require(job.after == 4);
		job.after = 0;
	}
	deed_drop(&numbers);
}

int main(void)
{
	struct deed_pool *pool = NULL;

	rounds(NULL);
	hand_on(NULL);
	for (unsigned workers = 1; workers < 4; workers++) {
		require(deed_pool_new(&pool, workers) == 0);
		rounds(pool);
		hand_on(pool);
		require(deed_pool_free(&pool) == 0);
	}
	return 0;
}
