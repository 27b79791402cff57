/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/handover_by_flag.c - a loan ended before a release store, and one begun after the
 * acquire load that saw it.
 */
#include "race.h"

static deed_i32 shared;
static atomic_int turn;

static void take_turns(int mine)
{
	for (int i = 0; i < 500; i++) {
		while (atomic_load_explicit(&turn, memory_order_acquire) != mine)
			sched_yield();
		{
			DEED_INOUT(v, &shared);
			DEED_INOUT_PART(part, &v, 2, 4);
			deed_at(part, 0) += 1;
			raced++;
		}
		atomic_store_explicit(&turn, !mine, memory_order_release);
	}
}

static void *first(void *unused)
{
	(void)unused;
	take_turns(0);
	return NULL;
}

static void *second(void *unused)
{
	(void)unused;
	take_turns(1);
	return NULL;
}

int main(void)
{
	require(deed_new_zeroed(&shared, 10) == 0);
	run_two(first, second);
	{
		DEED_BORROWED(r, &shared);
		require(deed_at(r, 2) == 1000 && raced == 1000);
	}
	deed_drop(&shared);
	return 0;
}
