/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_every_verb_while_inout.c - every verb, of what is lent inout
 *
 * fault: E09
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new_zeroed(&a, 1))
		return 1;
	{
		deed_f32_inout w = deed_inout(&a);
		/* expect: cannot call function 'deed_borrow'
		 * while inout loan 'a.is.lent_inout' is held */
		deed_f32_borrowed v = deed_borrow(&a);
		deed_end(&a, &v);
		deed_end(&a, &w);
	}
	{
		deed_f32_inout w = deed_inout(&a);
		/* expect: cannot call function 'deed_borrow_part'
		 * while inout loan 'a.is.lent_inout' is held */
		deed_f32_borrowed v = deed_borrow_part(&a, 0, 1);
		deed_end(&a, &v);
		deed_end(&a, &w);
	}
	{
		deed_f32_inout w = deed_inout(&a);
		/* expect: cannot call function 'deed_tile_borrow'
		 * while inout loan 'a.is.lent_inout' is held */
		deed_f32_tile_borrowed v = deed_tile_borrow(&a, 1, 0, 0, 1, 1);
		deed_end(&a, &v);
		deed_end(&a, &w);
	}
	{
		deed_f32_inout w = deed_inout(&a);
		/* expect: cannot call function 'deed_inout_part'
		 * while inout loan 'a.is.lent_inout' is held */
		deed_f32_inout v = deed_inout_part(&a, 0, 1);
		deed_end(&a, &v);
		deed_end(&a, &w);
	}
	{
		deed_f32_inout w = deed_inout(&a);
		/* expect: cannot call function 'deed_tile_inout'
		 * while inout loan 'a.is.lent_inout' is held */
		deed_f32_tile_inout v = deed_tile_inout(&a, 1, 0, 0, 1, 1);
		deed_end(&a, &v);
		deed_end(&a, &w);
	}
	deed_settle(&b);
	return 0;
}
