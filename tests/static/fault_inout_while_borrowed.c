/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_inout_while_borrowed.c - an owner is lent inout while it is borrowed
 *
 * fault: E09
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_f32_borrowed v = deed_borrow(&a);
	/* expect: cannot call function 'deed_inout'
	 * while loan 'a.is.lent' is held */
	deed_f32_inout w = deed_inout(&a);
	deed_end(&a, &w);
	deed_end(&a, &v);
	deed_drop(&a);
	return 0;
}
