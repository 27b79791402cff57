/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_mark_gone_by_rewind.c - a rewind to an outer mark, then one to an inner.
 */
#include <deed.h>
#include <deed/arena.h>

int main(void)
{
	struct deed_arena lines = DEED_ARENA_EMPTY;
	struct deed_arena_mark outer, inner;

	outer = deed_arena_mark(&lines);
	if (!deed_arena_alloc(&lines, 100))
		return 1;
	inner = deed_arena_mark(&lines);
	deed_arena_rewind(&lines, outer);
	deed_arena_rewind(&lines, inner);
	deed_arena_close(&lines);
	return 0;
}
