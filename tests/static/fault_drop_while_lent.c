/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_drop_while_lent.c - an owner is dropped while it is borrowed
 *
 * fault: E08
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_f32_borrowed v = deed_borrow(&a);
	/* expect: cannot call function 'deed_drop'
	 * while loan 'a.is.lent' is held */
	deed_drop(&a);
	return (int)deed_len(v);
}
