/* SPDX-License-Identifier: MIT
 *
 * tests/trap/own_kernel_overlaps.c - examples/own_kernel.c, in want of a second rod.
 */
#include <deed.h>
#include <deed/kernels.h>

enum { POINTS = 1000 };

static void heat_raw(float *restrict next, const float *restrict now, size_t count)
{
	for (size_t i = 1; i + 1 < count; i++)
		next[i] = now[i] + 0.25f * (now[i - 1] - 2 * now[i] + now[i + 1]);
}

static void heat(deed_f32_inout next, deed_f32_borrowed now)
{
	if (deed_claim(next, now))
		heat_raw(deed_data(next), deed_data(now), deed_len(now));
}

int main(void)
{
	DEED_AUTO(deed_f32, rod);

	if (deed_new_zeroed(&rod, POINTS))
		return 1;
	DEED_INOUT(a, &rod);
	heat(a, deed_reading(a));
	return 0;
}
