/* expects: race */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/arena_by_two.c - two threads carve from one arena, one after the other, with nothing
 * between them: the arena is the race, though only the library touches it.
 *
 * options: tsan=1
 */
#include "race.h"

#include "deed/arena.h"

static struct deed_arena shared;

static void *racy_write_first(void *unused)
{
	(void)unused;
	require(deed_arena_alloc(&shared, 100) != NULL);
	return NULL;
}

static void *racy_write_second(void *unused)
{
	(void)unused;
	usleep(FIRST_GOES_FIRST_US);
	require(deed_arena_alloc(&shared, 100) != NULL);
	return NULL;
}

int main(void)
{
	run_two(racy_write_first, racy_write_second);
	deed_arena_close(&shared);
	return 0;
}
