/* SPDX-License-Identifier: MIT
 *
 * tests/trap/hot_unaligned.c - three ways to be not aligned: the buffer, a part of one that is, and
 * memory from elsewhere.
 *
 * status: 0
 */
#include <deed.h>
#include <deed/hot.h>

static void scale(float *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		values[i] *= 2;
}

int main(void)
{
	_Alignas(64) static float table[65];
	DEED_AUTO(deed_f32, plain);
	DEED_AUTO(deed_f32, aligned);

	if (deed_new_zeroed(&plain, 100) || deed_new_aligned(&aligned, 100, 64))
		return 1;
	DEED_HOT("scaling");
	DEED_INOUT(p, &plain);
	scale(deed_data(p), deed_len(p));
	DEED_INOUT(a, &aligned);
	deed_fill(a, 1);
	scale(deed_data(deed_slice(a, 1, 99)), 98);
	DEED_LEND(t, table + 1, 64);
	scale(deed_data(t), deed_len(t));
	return 0;
}
