/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_tile_while_inout.c - a tile is lent while all is lent inout
 *
 * fault: E09
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_f32_inout v = deed_inout(&a);
	/* expect: cannot call function 'deed_tile_borrow'
	 * while inout loan 'a.is.lent_inout' is held */
	deed_f32_tile_borrowed t = deed_tile_borrow(&a, 4, 0, 0, 2, 2);
	deed_end(&a, &t);
	deed_end(&a, &v);
	deed_drop(&a);
	return 0;
}
