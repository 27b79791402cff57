/* SPDX-License-Identifier: MIT
 *
 * tests/static/strict_double_drop.c - an owner is dropped twice
 *
 * fault: E05
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 8))
		return 1;
	deed_drop(&a);
	/* expect: releasing ownership 'a.is.owned' that was not held */
	deed_drop(&a);
	return 0;
}
