/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/tasks_apart.c - what parts may do with memory that deed knows nothing of: what the
 * caller wrote before is theirs to read, and what they wrote is the caller's afterwards; each has
 * a place of its own, and partial results are merged after the join. The stack and the
 * variables of a thread are used by one part after the other.
 *
 * options: tsan=1
 */
#include "race.h"

#include <setjmp.h>
#include <string.h>

#include "deed/pool.h"

enum { PARTS = 100, EACH = 10, ROUNDS = 20 };

static int numbers[PARTS * EACH], partial[PARTS], before, after;
static _Thread_local int mine[32];

/* Its address escapes, so that compilers keep the stores and ThreadSanitizer sees them. */
static __attribute__((noinline)) int add(const int *values, size_t count, int *total)
{
	for (size_t i = 0; i < count; i++)
		*total += values[i];
	return *total;
}

static __attribute__((noinline)) void use_stack(size_t depth)
{
	volatile char room[3000];

	memset((void *)(uintptr_t)room, (int)depth, sizeof room);
	require(room[depth] == (char)depth);
	if (depth)
		use_stack(depth - 1);
}

static void add_part(struct deed_part *part, void *context)
{
	int total = 0;
	int *const target = context;
	jmp_buf here;

	if (setjmp(here) == 0) {
		mine[part->index % 32]++;
		longjmp(here, 1);
	}
	for (size_t i = part->lo; i < part->hi; i++)
		numbers[i] = before + (int)i;
	target[part->index] = add(numbers + part->lo, part->hi - part->lo, &total);
	use_stack(part->index % 50 == 3 ? 60 : 2);
}

static void two_levels(struct deed_part *part, void *context)
{
	struct deed_plan plan;
	int totals[3] = { 0 };

	(void)context;
	deed_plan_chunks(&plan, 30, 10);
	require(deed_parallel_for(NULL, &plan, add_part, totals) == 0);
	partial[part->index] = totals[0] + totals[1] + totals[2];
}

int main(void)
{
	struct deed_pool *pool = NULL;
	struct deed_plan plan;
	const pthread_t self = pthread_self();

	require(deed_pool_new(&pool, 3) == 0);
	for (int round = 0; round < ROUNDS; round++) {
		before = round;
		deed_plan_chunks(&plan, PARTS * EACH, EACH);
		require(deed_parallel_for(round % 2 ? pool : NULL, &plan, add_part, partial) == 0);
		after = 0;
		for (int i = 0; i < PARTS; i++)
			after += partial[i];
		require(after == (round * PARTS * EACH) + PARTS * EACH * (PARTS * EACH - 1) / 2);
	}
	deed_plan_chunks(&plan, 1, 1);
	require(deed_parallel_for(pool, &plan, two_levels, NULL) == 0);
	require(pthread_equal(self, pthread_self()));
	require(deed_pool_free(&pool) == 0);
	return 0;
}
