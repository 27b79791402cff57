/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_mark_of_another.c - two arenas, and the mark of the wrong one.
 */
#include <deed.h>
#include <deed/arena.h>

int main(void)
{
	struct deed_arena names = DEED_ARENA_EMPTY, values = DEED_ARENA_EMPTY;
	struct deed_arena_mark mark;

	if (!deed_arena_alloc(&names, 10) || !deed_arena_alloc(&values, 10))
		return 1;
	mark = deed_arena_mark(&names);
	deed_arena_rewind(&values, mark);
	deed_arena_close(&names);
	deed_arena_close(&values);
	return 0;
}
