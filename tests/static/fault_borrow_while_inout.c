/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_borrow_while_inout.c - an owner is borrowed while it is lent inout
 *
 * fault: E09
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_f32_inout w = deed_inout(&a);
	/* expect: cannot call function 'deed_borrow'
	 * while inout loan 'a.is.lent_inout' is held */
	deed_f32_borrowed v = deed_borrow(&a);
	deed_end(&a, &v);
	deed_end(&a, &w);
	deed_drop(&a);
	return 0;
}
