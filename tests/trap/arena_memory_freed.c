/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_memory_freed.c - memory of an arena is freed as if it were a block.
 */
#include <deed.h>
#include <deed/arena.h>
#include <deed/malloc.h>

int main(void)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	char *const line = deed_arena_alloc(&arena, 100);

	deed_free(line);
	deed_arena_close(&arena);
	return 0;
}
