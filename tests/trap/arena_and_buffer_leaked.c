/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_and_buffer_leaked.c - a table and the arena of its names are both forgotten.
 */
#include <deed.h>
#include <deed/arena.h>

static struct deed_arena names;
static deed_u32 table;

int main(void)
{
	return !deed_arena_alloc(&names, 100) || deed_new_zeroed(&table, 64);
}
