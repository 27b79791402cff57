/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_used_after_reset.c - an owner outlives the arena's buffers.
 */
#include <deed.h>
#include <deed/arena.h>

static void next_request(struct deed_arena *arena)
{
	deed_arena_reset(arena);
}

int main(void)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_f64 weights = DEED_EMPTY;

	if (deed_new_in(&weights, &arena, 30))
		return 1;
	next_request(&arena);
	DEED_INOUT(v, &weights);
	deed_fill(v, 1.0);
	deed_arena_close(&arena);
	return 0;
}
