/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_settle_while_lent.c - an owner is settled while it is lent inout
 *
 * fault: E08
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_f32_inout v = deed_inout(&a);
	/* expect: cannot call function 'deed_settle'
	 * while inout loan 'a.is.lent_inout' is held */
	deed_settle(&a);
	return (int)deed_len(v);
}
