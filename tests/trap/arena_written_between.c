/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_written_between.c - of two buffers of an arena, the second is written in front:
 * the report is of that one, though the first has its gap there.
 */
#include <deed.h>
#include <deed/arena.h>

struct point {
	double x, y, z;
};

int main(void)
{
	struct deed_arena shape = DEED_ARENA_EMPTY;
	struct point *const corners = deed_arena_new(&shape, struct point, 10);
	int *const counts = deed_arena_new(&shape, int, 8);
	volatile int before = -1;

	if (!corners || !counts)
		return 1;
	counts[before] = 3;
	deed_arena_reset(&shape);
	deed_arena_close(&shape);
	return 0;
}
