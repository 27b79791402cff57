/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_part_while_borrowed.c - all of it is borrowed, and a part is lent inout
 *
 * fault: E09
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_f32_borrowed v = deed_borrow(&a);
	/* expect: cannot call function 'deed_inout_part' while loan 'a.is.borrowed' is held */
	deed_f32_inout w = deed_inout_part(&a, 0, 4);
	deed_end(&a, &w);
	deed_end(&a, &v);
	deed_drop(&a);
	return 0;
}
