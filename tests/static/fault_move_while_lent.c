/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_move_while_lent.c - an owner is moved while it is borrowed
 *
 * fault: E06
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_f32_borrowed v = deed_borrow(&a);
	/* expect: cannot call function 'deed_move'
	 * while loan 'a.is.lent' is held */
	deed_move(&b, &a);
	deed_end(&a, &v);
	deed_drop(&b);
	return 0;
}
