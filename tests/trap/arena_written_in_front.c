/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_written_in_front.c - a loop that walks back stops one too late, in front of the
 * first buffer of an arena.
 */
#include <deed.h>
#include <deed/arena.h>

int main(void)
{
	struct deed_arena numbers = DEED_ARENA_EMPTY;
	int *const counts = deed_arena_new(&numbers, int, 8);

	if (!counts)
		return 1;
	for (volatile int i = 7; i >= -1; i--)
		counts[i] = i;
	deed_arena_close(&numbers);
	return 0;
}
