/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_use_after_move.c - an owner is lent after it was moved away
 *
 * fault: E03
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_move(&b, &a);
	/* expect: calling function 'deed_borrow'
	 * requires holding ownership 'a.is.owned' exclusively */
	deed_f32_borrowed v = deed_borrow(&a);
	deed_end(&a, &v);
	deed_drop(&b);
	return 0;
}
