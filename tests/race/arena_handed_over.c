/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/arena_handed_over.c - an arena goes from thread to thread under a lock, with what it
 * holds; and each thread has one of its own, and a scratch arena, beside it.
 *
 * options: tsan=1
 */
#include "race.h"

#include "deed/arena.h"

enum { THREADS = 4, ROUNDS = 200 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct deed_arena shared;
static int *latest;

static void *work(void *unused)
{
	struct deed_arena own = DEED_ARENA_EMPTY;

	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		DEED_SCRATCH(tmp);
		int *const mine = deed_arena_new(&own, int, 100);
		int *const more = deed_arena_new(tmp, int, 1000);

		require(mine && more);
		mine[99] = i;
		more[999] = i;
		require(pthread_mutex_lock(&lock) == 0);
		if (latest)
			*latest += more[999] == mine[99];
		if (i % 10 == 0) {
			deed_arena_reset(&shared);
			latest = NULL;
		}
		latest = deed_arena_new(&shared, int, 1);
		require(latest != NULL);
		*latest = 0;
		require(pthread_mutex_unlock(&lock) == 0);
	}
	deed_arena_close(&own);
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		require(pthread_create(&threads[i], NULL, work, NULL) == 0);
	for (int i = 0; i < THREADS; i++)
		require(pthread_join(threads[i], NULL) == 0);
	deed_arena_close(&shared);
	return 0;
}
