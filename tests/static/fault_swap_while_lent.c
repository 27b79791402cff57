/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_swap_while_lent.c - an owner is swapped while a part of it is lent
 *
 * fault: E06
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_f32_inout v = deed_inout_part(&a, 0, 4);
	/* expect: cannot call function 'deed_swap'
	 * while loan 'a.is.lent' is held */
	deed_swap(&a, &b);
	deed_end(&a, &v);
	deed_settle(&b);
	return 0;
}
