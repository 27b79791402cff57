/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/arena_blocks.c - arenas over parts of one buffer, each thread's own; their blocks and
 * owners are made, freed and dropped; and one arena whose owners others drop, under a lock.
 *
 * options: tsan=1
 */
#include "race.h"

#include "deed/arena.h"

enum { THREADS = 4, ROUNDS = 100, PART = 1 << 16 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct deed_arena shared;
static deed_i32 left_by_another = DEED_EMPTY;
static char *parts;

static void work_apart(struct deed_arena *own)
{
	const struct deed_allocator allocator = deed_arena_allocator(own);
	deed_i32 xs = DEED_EMPTY, ys = DEED_EMPTY;
	char *const block = allocator.alloc(100, 16, 1, own);

	require(block && !deed_new_in(&xs, own, 100) && !deed_new_with(&ys, &allocator, 10));
	block[99] = 1;
	{
		DEED_INOUT(x, &xs);
		DEED_INOUT(y, &ys);

		deed_at(x, 99) = deed_at(y, 9) = 1;
	}
	deed_drop(&xs);
	deed_drop(&ys);
	allocator.free(block, 100, 16, own);
	deed_arena_reset(own);
}

static void work_together(int round)
{
	require(pthread_mutex_lock(&lock) == 0);
	deed_settle(&left_by_another);
	if (round % 10 == 0)
		deed_arena_reset(&shared);
	require(!deed_new_in(&left_by_another, &shared, 10));
	require(pthread_mutex_unlock(&lock) == 0);
}

static void *work(void *part)
{
	struct deed_arena own;

	require(!deed_arena_open_over(&own, part, PART));
	for (int i = 0; i < ROUNDS; i++) {
		work_apart(&own);
		work_together(i);
	}
	deed_arena_close(&own);
	return NULL;
}

int main(void)
{
	deed_u8 buffer = DEED_EMPTY;
	pthread_t threads[THREADS];

	require(!deed_new_aligned(&buffer, THREADS * PART, 64));
	{
		DEED_INOUT(all, &buffer);

		parts = (char *)deed_data(all);
	}
	for (int i = 0; i < THREADS; i++)
		require(pthread_create(&threads[i], NULL, work, parts + i * PART) == 0);
	for (int i = 0; i < THREADS; i++)
		require(pthread_join(threads[i], NULL) == 0);
	deed_settle(&left_by_another);
	deed_arena_close(&shared);
	deed_drop(&buffer);
	return 0;
}
