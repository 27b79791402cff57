/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_block_freed_late.c - a block of an arena's allocator is freed after the reset.
 */
#include <deed.h>
#include <deed/arena.h>

int main(void)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	const struct deed_allocator texts = deed_arena_allocator(&arena);
	char *const text = texts.alloc(100, 1, 0, texts.context);

	if (!text)
		return 1;
	deed_arena_reset(&arena);
	texts.free(text, 100, 1, texts.context);
	deed_arena_close(&arena);
	return 0;
}
