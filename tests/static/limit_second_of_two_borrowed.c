/* SPDX-License-Identifier: MIT
 *
 * tests/static/limit_second_of_two_borrowed.c - the first of two borrowed loans is ended, the
 * second is not
 *
 * fault: E08
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 4))
		return 1;
	deed_f32_borrowed v = deed_borrow(&a), w = deed_borrow(&a);
	deed_end(&a, &v);
	deed_drop(&a);
	return (int)deed_len(w);
}
