/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/disjoint_parts.c - threads that write disjoint parts and columns of one buffer.
 */
#include "race.h"

static deed_i32 shared;

enum { THREADS = 4, COLUMNS = 64, ROWS = 16, ROUNDS = 200 };

static void *write_mine(void *argument)
{
	const size_t me = (size_t)(uintptr_t)argument;

	for (int round = 0; round < ROUNDS; round++) {
		/* Columns me * 16 to me * 16 + 16 of every row. */
		DEED_TILE_INOUT(tile, &shared, COLUMNS, 0, me * 16, ROWS, 16);

		for (size_t y = 0; y < ROWS; y++) {
			const deed_i32_inout row = deed_tile_row(tile, y);
			int *const p = deed_data(row);

			for (size_t x = 0; x < 16; x++)
				p[x]++;
		}
	}
	return NULL;
}

int main(void)
{
	pthread_t thread[THREADS];

	require(deed_new_zeroed(&shared, COLUMNS * ROWS) == 0);
	for (uintptr_t i = 0; i < THREADS; i++)
		require(pthread_create(&thread[i], NULL, write_mine, (void *)i) == 0);
	for (size_t i = 0; i < THREADS; i++)
		require(pthread_join(thread[i], NULL) == 0);
	{
		DEED_BORROWED(r, &shared);
		for (size_t i = 0; i < COLUMNS * ROWS; i++)
			require(deed_at(r, i) == ROUNDS);
	}
	deed_drop(&shared);
	return 0;
}
