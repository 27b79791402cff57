/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/tasks_part_scratch.c - the memory of scratch arenas goes from part to part, and back
 * when the thread ends: one after the other, though no part is in order with another.
 *
 * options: tsan=1
 */
#include "race.h"

#include <unistd.h>

#include "deed/pool.h"

static void use_scratch(struct deed_part *part, void *unused)
{
	const size_t bytes = 1000 + part->index % 7 * 20000;
	unsigned char *const all = deed_arena_alloc(deed_part_scratch(part), bytes);

	(void)unused;
	require(all != NULL);
	usleep(200); /* time for the other workers to come */
	for (size_t i = 0; i < bytes; i++)
		all[i] = (unsigned char)i;
	for (int round = 0; round < 3; round++) {
		DEED_SCRATCH(inner);
		unsigned char *const more = deed_arena_alloc(inner, bytes / 2);

		require(more != NULL);
		for (size_t i = 0; i < bytes / 2; i++)
			more[i] = all[i];
	}
}

int main(void)
{
	for (unsigned workers = 1; workers < 17; workers += 5) {
		struct deed_pool *pool = NULL;
		struct deed_plan plan;

		require(deed_pool_new(&pool, workers) == 0);
		for (int round = 0; round < 5; round++) {
			deed_plan_chunks(&plan, 40, 1);
			require(deed_parallel_for(pool, &plan, use_scratch, NULL) == 0);
		}
		require(deed_pool_free(&pool) == 0);
	}
	return 0;
}
