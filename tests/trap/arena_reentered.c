/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_reentered.c - an arena's allocator keeps its books in that arena.
 */
#include <deed.h>
#include <deed/arena.h>
#include <stdlib.h>

static struct deed_arena books = DEED_ARENA_EMPTY;

static void *alloc(size_t bytes, size_t align, int zeroed, void *context)
{
	(void)zeroed;
	(void)context;
	if (!deed_arena_alloc(&books, 16))
		return NULL;
	return aligned_alloc(align, bytes);
}

static void release(void *block, size_t bytes, size_t align, void *context)
{
	(void)bytes;
	(void)align;
	(void)context;
	free(block);
}

int main(void)
{
	static const struct deed_allocator own = { .alloc = alloc, .free = release };

	if (deed_arena_open(&books, &(struct deed_arena_options){ .allocator = &own }))
		return 1;
	if (!deed_arena_alloc(&books, 64))
		return 1;
	deed_arena_close(&books);
	return 0;
}
