/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_automatic_while_lent.c - a block ends its owner while it is lent
 *
 * fault: E08
 */
#include <deed.h>

int main(void)
{
	/* expect-18..: cannot call function 'the_end_of_a_N' while loan 'a.is.lent' is held */
	DEED_AUTO(deed_f32, a);
	/* expect-18..: cannot call function 'the_end_of_b_N'
	 * while inout loan 'b.is.lent_inout' is held */
	DEED_AUTO(deed_f32, b);

	if (deed_new_zeroed(&a, 8) || deed_new_zeroed(&b, 8))
		return 1;
	deed_f32_inout w = deed_inout(&b);
	deed_fill(w, 0.0f);
	deed_f32_borrowed v = deed_borrow(&a);
	return (int)deed_at(v, 0);
}
