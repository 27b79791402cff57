/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_several_leaked.c - an arena per request, and none is ever closed.
 */
#include <deed.h>
#include <deed/arena.h>

static struct deed_arena requests[3];

int main(void)
{
	for (size_t i = 0; i < 3; i++)
		if (!deed_arena_alloc(&requests[i], 100))
			return 1;
	return 0;
}
