/* expect: not compatible with any|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_swap_between_families.c (C, C++) - two owners change
 * places within one family only.
 */
#include "deed.h"

void attempt(deed_i32 *integers, deed_f32 *floats, deed_f32 *more);
void attempt(deed_i32 *integers, deed_f32 *floats, deed_f32 *more)
{
	(void)integers;
	deed_swap(floats, more);
#ifndef FIXED
	deed_swap(integers, floats); /* BAD */
#endif
}
