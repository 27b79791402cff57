/* SPDX-License-Identifier: MIT
 *
 * tests/trap/lent_twice_inside_owner.c - plain C code gets two pointers into one buffer that
 * an owner has.
 */
#include <deed.h>

static void blend(float *restrict onto, const float *restrict from, size_t count)
{
	DEED_LEND(a, onto, count);
	DEED_LEND_CONST(b, from, count);

	for (size_t i = 0; i < count; i++)
		deed_at(a, i) += deed_at(b, i);
}

int main(void)
{
	deed_f32 canvas = DEED_EMPTY;

	if (deed_new_zeroed(&canvas, 64))
		return 1;
	{
		DEED_INOUT(pixels, &canvas);
		float *const row = deed_data(pixels);

		blend(row,
		      row + 16, 32);
	}
	deed_drop(&canvas);
	return 0;
}
