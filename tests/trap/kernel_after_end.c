/* SPDX-License-Identifier: MIT
 *
 * tests/trap/kernel_after_end.c - a view is summed up after its loan has ended.
 */
#include <deed.h>
#include <deed/kernels.h>

static float mean(const deed_f32 *samples)
{
	deed_f32_borrowed v = deed_borrow(samples);
	const size_t count = deed_len(v);

	deed_end(samples, &v);
	return count ? deed_sum_f32(v) / (float)count : 0;
}

int main(void)
{
	DEED_AUTO(deed_f32, samples);

	if (deed_new_zeroed(&samples, 1000))
		return 1;
	return mean(&samples) > 0;
}
