/* SPDX-License-Identifier: MIT
 *
 * tests/trap/lent_after_reset.c - a callee lends memory of an arena that was reset meanwhile.
 */
#include <deed.h>
#include <deed/arena.h>

static void clear(float *samples, size_t len)
{
	DEED_LEND(s, samples, len);
	deed_fill(s, 0);
}

int main(void)
{
	struct deed_arena frame = DEED_ARENA_EMPTY;
	float *const samples = deed_arena_new(&frame, float, 64);

	if (!samples)
		return 1;
	clear(samples, 64);
	deed_arena_reset(&frame);
	clear(samples, 64);
	deed_arena_close(&frame);
	return 0;
}
