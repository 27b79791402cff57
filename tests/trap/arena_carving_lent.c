/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_carving_lent.c - what an arena gave as a raw pointer is lent while it ends.
 */
#include <deed.h>
#include <deed/arena.h>

int main(void)
{
	struct deed_arena requests = DEED_ARENA_EMPTY;
	float *const samples = deed_arena_new(&requests, float, 100);

	if (!samples)
		return 1;
	DEED_LEND(view, samples, 100);
	deed_at(view, 0) = 1;
	deed_arena_reset(&requests);
	deed_at(view, 1) = 1;
	return 0;
}
