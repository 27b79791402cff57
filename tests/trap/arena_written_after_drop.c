/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_written_after_drop.c - a pointer into an owner of an arena outlives its drop.
 */
#include <deed.h>
#include <deed/arena.h>

static volatile int32_t *counter_of(deed_i32 *counters)
{
	DEED_INOUT(all, counters);

	return deed_data(all);
}

int main(void)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_i32 counters = DEED_EMPTY;
	volatile int32_t *counter;

	if (deed_new_in(&counters, &arena, 4))
		return 1;
	counter = counter_of(&counters);
	deed_drop(&counters);
	counter[2] = 1;
	deed_arena_reset(&arena);
	deed_arena_close(&arena);
	return 0;
}
