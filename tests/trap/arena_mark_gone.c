/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_mark_gone.c - a parser rewinds to a mark that it has rewound past.
 */
#include <deed.h>
#include <deed/arena.h>

int main(void)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	const struct deed_arena_mark outer = deed_arena_mark(&arena);
	struct deed_arena_mark inner;

	if (!deed_arena_alloc(&arena, 100))
		return 1;
	inner = deed_arena_mark(&arena);
	if (!deed_arena_alloc(&arena, 100))
		return 1;
	deed_arena_rewind(&arena, outer);
	deed_arena_rewind(&arena, inner);
	deed_arena_close(&arena);
	return 0;
}
