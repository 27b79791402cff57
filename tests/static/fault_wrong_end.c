/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_wrong_end.c - a loan is ended through the owner of another one
 *
 * fault: E18
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	if (deed_new(&a, 8) || deed_new(&b, 8))
		return 1;
	deed_f32_inout v = deed_inout(&a), w = deed_inout(&b);
	deed_end(&a, &v);
	/* expect: calling function 'deed_end'
	 * requires holding inout loan 'a.is.open' exclusively */
	deed_end(&a, &w);
	deed_drop(&a);
	/* expect: cannot call function 'deed_drop'
	 * while inout loan 'b.is.lent_inout' is held */
	deed_drop(&b);
	return 0;
}
