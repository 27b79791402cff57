/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_uninitialised.c - an arena in memory that nobody cleared.
 */
#include <deed.h>
#include <deed/arena.h>
#include <string.h>

int main(void)
{
	struct deed_arena lines;

	memset(&lines, 0xa5, sizeof lines);
	if (!deed_arena_alloc(&lines, 100))
		return 1;
	deed_arena_close(&lines);
	return 0;
}
