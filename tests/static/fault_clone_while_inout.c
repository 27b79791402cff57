/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_clone_while_inout.c - an owner is cloned while it is lent inout
 *
 * fault: E13
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_f32_inout v = deed_inout(&a);
	/* expect: cannot call function 'deed_clone'
	 * while inout loan 'a.is.lent_inout' is held */
	if (deed_clone(&b, &a))
		return 1;
	deed_end(&a, &v);
	deed_drop(&b);
	deed_drop(&a);
	return 0;
}
