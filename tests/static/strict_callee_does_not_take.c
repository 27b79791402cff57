/* SPDX-License-Identifier: MIT
 *
 * tests/static/strict_callee_does_not_take.c - a function does not take what it promised to take
 *
 * fault: E17
 */
#include <deed.h>

static float publish(deed_f32 *samples) DEED_TAKES(samples);
static float publish(deed_f32 *samples)
{
	DEED_BORROWED(v, samples);
	return deed_at(v, 0);
	/* expect-..14: mutex 'samples->is.owned' is still held at the end of function */
	/* expect-15..: ownership 'samples->is.owned' is still held at the end of function */
}

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	(void)publish(&a);
	return 0;
}
