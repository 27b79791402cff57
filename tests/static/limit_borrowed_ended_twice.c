/* SPDX-License-Identifier: MIT
 *
 * tests/static/limit_borrowed_ended_twice.c - a borrowed loan is ended twice
 *
 * fault: E12
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 4))
		return 1;
	deed_f32_borrowed v = deed_borrow(&a);
	deed_end(&a, &v);
	deed_end(&a, &v);
	deed_drop(&a);
	return 0;
}
