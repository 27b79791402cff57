/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_copied.c - an arena is passed by value, and both copies are used.
 */
#include <deed.h>
#include <deed/arena.h>

static char *carve_from(struct deed_arena arena)
{
	return deed_arena_alloc(&arena, 100);
}

int main(void)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;

	if (!deed_arena_alloc(&arena, 100) || !carve_from(arena))
		return 1;
	if (!deed_arena_alloc(&arena, 100))
		return 1;
	deed_arena_close(&arena);
	return 0;
}
