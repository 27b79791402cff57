/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_closed_copy.c - a copy of an arena is used after the other was closed.
 */
#include <deed.h>
#include <deed/arena.h>

struct cache {
	struct deed_arena arena;
};

static void destroy(struct cache *cache)
{
	deed_arena_close(&cache->arena);
}

int main(void)
{
	struct cache cache = { DEED_ARENA_EMPTY }, backup;

	if (!deed_arena_alloc(&cache.arena, 100))
		return 1;
	backup = cache;
	destroy(&cache);
	return deed_arena_alloc(&backup.arena, 100) != NULL;
}
