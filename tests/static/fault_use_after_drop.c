/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_use_after_drop.c - an owner is resized after it was dropped
 *
 * fault: E04
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_drop(&a);
	/* expect: calling function 'deed_resize'
	 * requires holding ownership 'a.is.owned' exclusively */
	return deed_resize(&a, 4);
}
