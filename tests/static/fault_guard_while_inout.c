/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_guard_while_inout.c - a guard borrows what is lent inout
 *
 * fault: E09
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_f32_inout w = deed_inout(&a);
	{
		/* expect: cannot call function 'deed_borrow'
		 * while inout loan 'a.is.lent_inout' is held */
		DEED_BORROWED(v, &a);
		deed_copy(w, v);
	}
	deed_end(&a, &w);
	deed_drop(&a);
	return 0;
}
