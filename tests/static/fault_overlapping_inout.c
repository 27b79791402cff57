/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_overlapping_inout.c - an owner is lent inout twice
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
	/* expect: cannot call function 'deed_inout'
	 * while inout loan 'a.is.lent_inout' is held */
	deed_f32_inout w = deed_inout(&a);
	return (int)(deed_len(v) + deed_len(w));
}
