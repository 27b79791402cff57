/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/blocks_handed_over.c - threads make, write and resize blocks, and each frees what
 * the one before it has made.
 */
#include "race.h"

#include "deed/allocator.h"
#include "deed/malloc.h"

enum { THREADS = 4, ROUNDS = 300 };

static int *_Atomic places[THREADS];

static void *work(void *own)
{
	int *_Atomic *const to = own;
	int *_Atomic *const from = &places[(to - places + 1) % THREADS];

	for (int i = 0; i < ROUNDS; i++) {
		int *block = deed_calloc(10, sizeof *block);
		deed_i32 xs = DEED_EMPTY;

		require(block);
		block[9] = i;
		block = deed_realloc(block, 20 * sizeof *block);
		require(block && block[9] == i);
		block[19] = i;
		deed_free(atomic_exchange(to, block));
		block = atomic_exchange(from, NULL);
		if (block)
			block[19]++;
		deed_free(block);
		require(deed_new_with(&xs, i % 2 ? deed_heap() : deed_pages(), 10) == 0);
		require(deed_resize(&xs, 2000) == 0);
		deed_drop(&xs);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		require(pthread_create(&threads[i], NULL, work, &places[i]) == 0);
	for (int i = 0; i < THREADS; i++)
		require(pthread_join(threads[i], NULL) == 0);
	for (int i = 0; i < THREADS; i++)
		deed_free(atomic_load(&places[i]));
	require(deed_stats().live_buffers == 0);
	return 0;
}
