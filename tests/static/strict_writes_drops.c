/* SPDX-License-Identifier: MIT
 *
 * tests/static/strict_writes_drops.c - a function gives up what it promised to write
 *
 * fault: E04
 */
#include <deed.h>

static void doubled(deed_f32 *samples) DEED_WRITES(samples);
static void doubled(deed_f32 *samples)
{
	deed_drop(samples);
	/* expect-..14: expecting mutex 'samples->is.owned' to be held at the end of function */
	/* expect-15..: expecting ownership 'samples->is.owned' to be held at the end of function */
}

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 8))
		return 1;
	doubled(&a);
	(void)deed_len(a);
	deed_drop(&a);
	return 0;
}
