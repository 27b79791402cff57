/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/loans_apart.c - loans that two threads take at once and that share no element, and
 * loans of one buffer in turn under the program's own mutex.
 *
 * options: tsan=1
 */
#include "race.h"

enum { ROWS = 64, COLUMNS = 10, ROUNDS = 200 };

static deed_i32 shared, table, counter;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *work(void *argument)
{
	const size_t mine = (size_t)(uintptr_t)argument;

	for (int i = 0; i < ROUNDS; i++) {
		{
			DEED_INOUT_PART(half, &shared, 5 * mine, 5 * mine + 5);
			DEED_TILE_INOUT(columns, &table, COLUMNS, 0, 5 * mine, ROWS, 5);
			deed_i32_inout row = deed_tile_row(columns, (size_t)i % ROWS);

			deed_at(half, 4) = i;
			deed_at(row, 0) = i;
		}
		pthread_mutex_lock(&mutex);
		{
			DEED_INOUT(v, &counter);
			deed_at(v, 0)++;
		}
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void *first(void *unused)
{
	(void)unused;
	return work((void *)(uintptr_t)0);
}

static void *second(void *unused)
{
	(void)unused;
	return work((void *)(uintptr_t)1);
}

int main(void)
{
	require(deed_new_zeroed(&shared, 10) == 0);
	require(deed_new2(&table, ROWS, COLUMNS) == 0);
	require(deed_new_zeroed(&counter, 1) == 0);
	run_two(first, second);
	deed_drop(&shared);
	deed_drop(&table);
	deed_drop(&counter);
	return 0;
}
