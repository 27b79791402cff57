/* SPDX-License-Identifier: MIT
 *
 * tests/trap/leaks_of_all_kinds.c - an owner, a block and an arena leak.
 */
#include <deed.h>
#include <deed/arena.h>
#include <deed/malloc.h>

int main(void)
{
	struct deed_arena names = DEED_ARENA_EMPTY;
	deed_f32 table = DEED_EMPTY;
	char *volatile line = deed_malloc(100);

	return !line || !deed_arena_alloc(&names, 100) || deed_new_zeroed(&table, 64);
}
