/* SPDX-License-Identifier: MIT
 *
 * tests/static/limit_ended_view.c - a view is used after its loan ended
 *
 * fault: E11
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new_zeroed(&a, 4))
		return 1;
	deed_f32_borrowed v = deed_borrow(&a);
	deed_end(&a, &v);
	return deed_at(v, 0) > 0;
}
