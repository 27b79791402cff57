/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_whole_while_child.c - all of a view is lent inout while a part of it is lent
 *
 * fault: E09
 */
#include <deed.h>

int main(void)
{
	deed_f32_inout low, high;
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 4))
		return 1;
	deed_f32_inout v = deed_inout(&a);
	low = deed_reborrow(&v, 0, 2);
	/* expect: cannot call function 'deed_inout'
	 * while loan 'v.is.lent' is held */
	high = deed_inout(&v);
	/* expect: cannot call function 'deed_reborrow'
	 * while inout loan 'v.is.lent_inout' is held */
	low = deed_reborrow(&v, 0, 2);
	/* expect: cannot call function 'deed_split'
	 * while inout loan 'v.is.lent_inout' is held */
	deed_split(&v, 2, &low, &high);
	deed_end(&a, &v);
	v = deed_inout(&a);
	deed_split(&v, 2, &low, &high);
	/* expect: cannot call function 'deed_inout'
	 * while loan 'v.is.lent' is held */
	low = deed_inout(&v);
	deed_end(&a, &v);
	deed_drop(&a);
	return 0;
}
