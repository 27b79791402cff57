/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_resize_while_lent.c - an owner is resized while it is lent inout
 *
 * fault: E07
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_f32_inout v = deed_inout(&a);
	/* expect: cannot call function 'deed_resize'
	 * while inout loan 'a.is.lent_inout' is held */
	if (deed_resize(&a, 4))
		return 1;
	deed_end(&a, &v);
	deed_drop(&a);
	return 0;
}
