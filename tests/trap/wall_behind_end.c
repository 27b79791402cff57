/* SPDX-License-Identifier: MIT
 *
 * tests/trap/wall_behind_end.c - the same loop as in written_behind_end.c, one element too far,
 * with a page behind the buffer that may not be touched.
 *
 * options: guard=1
 */
#include <deed.h>

static void ramp(volatile float *raw, size_t count)
{
	for (size_t i = 0; i <= count; i++)
		raw[i] = (float)i;
}

int main(void)
{
	deed_f32 steps = DEED_EMPTY;

	if (deed_new(&steps, 12))
		return 1;
	{
		DEED_INOUT(v, &steps);
		ramp(deed_data(v), deed_len(v));
	}
	deed_drop(&steps);
	return 0;
}
