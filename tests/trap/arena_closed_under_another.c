/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_closed_under_another.c - an arena takes its chunks from another, which is closed
 * first.
 */
#include <deed.h>
#include <deed/arena.h>

int main(void)
{
	struct deed_arena request = DEED_ARENA_EMPTY, lines = DEED_ARENA_EMPTY;
	const struct deed_allocator allocator = deed_arena_allocator(&request);

	if (deed_arena_open(&lines, &(struct deed_arena_options){ .allocator = &allocator }))
		return 1;
	if (!deed_arena_alloc(&lines, 100))
		return 1;
	deed_arena_close(&request);
	deed_arena_close(&lines);
	return 0;
}
