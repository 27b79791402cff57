/* SPDX-License-Identifier: MIT
 *
 * tests/trap/written_behind_end.c - a loop through a raw pointer goes one element too far, and the
 * drop notices.
 */
#include <deed.h>

static void ramp(float *raw, size_t count)
{
	for (size_t i = 0; i <= count; i++)
		raw[i] = (float)i;
}

int main(void)
{
	deed_f32 steps = DEED_EMPTY;

	if (deed_new(&steps, 10))
		return 1;
	{
		DEED_INOUT(v, &steps);
		ramp(deed_data(v), deed_len(v));
	}
	deed_drop(&steps);
	return 0;
}
