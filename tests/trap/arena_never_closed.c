/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_never_closed.c - an arena is forgotten on the way out.
 */
#include <deed.h>
#include <deed/arena.h>

static int load(struct deed_arena *arena)
{
	return deed_arena_alloc(arena, 1000) ? 0 : -1;
}

int main(void)
{
	struct deed_arena assets = DEED_ARENA_EMPTY;

	return load(&assets) ? 1 : 0;
}
