/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_owner_dropped_twice.c - an owner in an arena, which needs no drop, has two.
 */
#include <deed.h>
#include <deed/arena.h>

int main(void)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_u8 page = DEED_EMPTY;

	if (deed_new_in(&page, &arena, 4096))
		return 1;
	deed_drop(&page);
	deed_drop(&page);
	deed_arena_close(&arena);
	return 0;
}
