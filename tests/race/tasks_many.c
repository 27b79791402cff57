/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/tasks_many.c - more tasks than ThreadSanitizer has threads for, on threads that come
 * and go, with signals arriving: none of them is lost.
 *
 * options: tsan=1
 */
#define _GNU_SOURCE
#include "race.h"

#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "deed/pool.h"

enum { TEAMS = 1000, PARTS = 24, THREADS = 20 };

static int counts[PARTS];
static atomic_int ticks;

static void tick(int number)
{
	(void)number;
	atomic_fetch_add(&ticks, 1);
}

static void count_one(struct deed_part *part, void *context)
{
	int *const numbers = context;

	numbers[part->index]++;
}

/* No call that ThreadSanitizer stands before until its end. */
static void wait_for_tick(struct deed_part *part, void *context)
{
	const volatile unsigned long *const rounds = context;

	(void)part;
	for (volatile unsigned long i = 0; i < *rounds; i++)
		;
}

static void *work(void *unused)
{
	struct deed_plan plan;
	int numbers[PARTS] = { 0 };

	(void)unused;
	deed_plan_chunks(&plan, PARTS, 1);
	require(deed_parallel_for(NULL, &plan, count_one, numbers) == 0);
	return NULL;
}

int main(void)
{
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } };
	const struct itimerval once = { { 0, 0 }, { 0, 1000 } };
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };
	struct deed_plan plan;
	clock_t took = 0;
	int seen = 0;

	require(signal(SIGALRM, tick) != SIG_ERR);
	require(setitimer(ITIMER_REAL, &often, NULL) == 0);
	for (int team = 0; team < TEAMS; team++) {
		deed_plan_chunks(&plan, PARTS, 1);
		require(deed_parallel_for(NULL, &plan, count_one, counts) == 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_t thread;

		require(pthread_create(&thread, NULL, work, NULL) == 0);
		require(pthread_join(thread, NULL) == 0);
	}
	require(setitimer(ITIMER_REAL, &never, NULL) == 0);
	for (int i = 0; i < PARTS; i++)
		require(counts[i] == TEAMS);
	/* Long enough for a tick to have come in the middle. */
	for (unsigned long rounds = 1000000; took < CLOCKS_PER_SEC / 20; rounds *= 2) {
		const clock_t begun = clock();

		atomic_store(&ticks, 0);
		require(setitimer(ITIMER_REAL, &once, NULL) == 0);
		deed_plan_chunks(&plan, 1, 1);
		require(deed_parallel_for(NULL, &plan, wait_for_tick, &rounds) == 0);
		seen = atomic_load(&ticks);
		took = clock() - begun;
	}
	require(seen == 1);
	return 0;
}
