/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_opened_twice.c - an arena that is in use is opened again.
 */
#include <deed.h>
#include <deed/arena.h>

int main(void)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	const struct deed_arena_options options = { .chunk_bytes = 4096 };

	if (!deed_arena_alloc(&arena, 100))
		return 1;
	if (deed_arena_open(&arena, &options))
		return 1;
	deed_arena_close(&arena);
	return 0;
}
