/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_resize_in_guard.c - an owner is resized in the block of a guard of a part
 *
 * fault: E07
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	{
		DEED_BORROWED_PART(v, &a, 0, 4);
		DEED_TILE_BORROWED(t, &a, 4, 0, 0, 2, 2);
		/* expect-18..: cannot call function 'deed_resize'
		 * while loan 'a.is.lent' is held */
		if (deed_resize(&a, 2 * deed_len(v) + deed_tile_rows(t)))
			return 1;
	}
	deed_drop(&a);
	return 0;
}
