/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_children_overlap.c - a view is lent inout twice
 *
 * fault: E09
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_f32_inout v = deed_inout(&a);
	deed_f32_inout c = deed_inout(&v);
	/* expect: cannot call function 'deed_inout'
	 * while inout loan 'v.is.lent_inout' is held */
	deed_f32_inout d = deed_inout(&v);
	return (int)(deed_len(c) + deed_len(d));
}
