/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_written_after_reset.c - a raw pointer into an arena is kept over a reset.
 */
#include <deed.h>
#include <deed/arena.h>
#include <string.h>

struct record {
	char name[40];
	int count;
};

int main(void)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	struct record *const first = deed_arena_new(&arena, struct record, 1);
	struct record *volatile kept = first;

	if (!first)
		return 1;
	deed_arena_reset(&arena);
	kept->count = 7;
	if (!deed_arena_new(&arena, struct record, 1))
		return 1;
	deed_arena_close(&arena);
	return 0;
}
