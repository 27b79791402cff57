/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_ended_twice.c - an inout loan is ended twice
 *
 * fault: E12
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 8))
		return 1;
	deed_f32_inout v = deed_inout(&a);
	deed_end(&a, &v);
	/* expect: calling function 'deed_end'
	 * requires holding inout loan 'a.is.open' exclusively */
	deed_end(&a, &v);
	deed_drop(&a);
	return 0;
}
