/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/tasks_deep.c - the parts that a thread works on in turn use its stack far down.
 *
 * options: tsan=1
 */
#include "race.h"

#include "deed/pool.h"

enum { ROOM = 1500 };

/* Elsewhere, because what a function does to variables that nobody else sees is not looked at. */
static __attribute__((noinline)) int fill(int *room, int value)
{
	int sum = 0;

	for (size_t i = 0; i < ROOM; i++)
		room[i] = value;
	for (size_t i = 0; i < ROOM; i++)
		sum += room[i];
	return sum;
}

static void use_stack(struct deed_part *part, void *sums)
{
	int room[ROOM];

	((int *)sums)[part->index] = fill(room, (int)part->index);
}

int main(void)
{
	struct deed_pool *pool = NULL;

	require(deed_pool_new(&pool, 3) == 0);
	for (int round = 0; round < 100; round++) {
		struct deed_plan plan;
		int sums[20];

		deed_plan_chunks(&plan, 20, 1);
		require(deed_parallel_for(round % 2 ? pool : NULL, &plan, use_stack, sums) == 0);
		for (int i = 0; i < 20; i++)
			require(sums[i] == ROOM * i);
	}
	require(deed_pool_free(&pool) == 0);
	return 0;
}
