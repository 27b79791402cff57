/* SPDX-License-Identifier: MIT
 *
 * tests/static/limit_array.c - an element of an array is dropped twice
 *
 * fault: E05
 */
#include <deed.h>

int main(void)
{
	deed_f32 a[2] = { DEED_EMPTY, DEED_EMPTY };

	if (deed_new(&a[0], 4))
		return 1;
	deed_drop(&a[0]);
	deed_drop(&a[0]);
	return 0;
}
