/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_double_drop.c - an owner is dropped twice
 *
 * fault: E05
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_drop(&a);
	/* expect: calling function 'deed_drop'
	 * requires holding ownership 'a.is.owned' exclusively */
	deed_drop(&a);
	return 0;
}
