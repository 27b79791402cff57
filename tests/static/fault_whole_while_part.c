/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_whole_while_part.c - all is lent inout while a part is lent
 *
 * fault: E09
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 4))
		return 1;
	{
		deed_f32_borrowed part = deed_borrow_part(&a, 0, 2);
		/* expect: cannot call function 'deed_inout'
		 * while loan 'a.is.lent' is held */
		DEED_INOUT(all, &a);
		deed_end(&a, &part);
		deed_fill(all, 0.0f);
	}
	{
		deed_f32_tile_borrowed part = deed_tile_borrow(&a, 2, 0, 0, 2, 1);
		/* expect: cannot call function 'deed_inout'
		 * while loan 'a.is.lent' is held */
		DEED_INOUT(all, &a);
		deed_end(&a, &part);
		deed_fill(all, 0.0f);
	}
	{
		deed_f32_inout part = deed_inout_part(&a, 0, 2);
		/* expect: cannot call function 'deed_inout'
		 * while loan 'a.is.lent' is held */
		DEED_INOUT(all, &a);
		deed_end(&a, &part);
		deed_fill(all, 0.0f);
	}
	{
		deed_f32_tile_inout part = deed_tile_inout(&a, 2, 0, 0, 2, 1);
		/* expect: cannot call function 'deed_inout'
		 * while loan 'a.is.lent' is held */
		DEED_INOUT(all, &a);
		deed_end(&a, &part);
		deed_fill(all, 0.0f);
	}
	deed_drop(&a);
	return 0;
}
