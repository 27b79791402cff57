/* SPDX-License-Identifier: MIT
 *
 * tests/static/strict_overwritten.c - a live owner is overwritten
 *
 * fault: E02
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 8))
		return 1;
	/* expect: acquiring ownership 'a.is.owned' that is already held */
	if (deed_new_zeroed(&a, 8)) {
		deed_drop(&a);
		return 1;
	}
	deed_drop(&a);
	return 0;
}
