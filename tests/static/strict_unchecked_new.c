/* SPDX-License-Identifier: MIT
 *
 * tests/static/strict_unchecked_new.c - an owner is used though it may not have been made
 *
 * fault: E01
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;
	int err;

	err = deed_new(&a, SIZE_MAX);
	/* expect: calling function 'deed_borrow'
	 * requires holding ownership 'a.is.owned' exclusively */
	deed_f32_borrowed v = deed_borrow(&a);
	deed_end(&a, &v);
	deed_settle(&a);
	return err;
}
