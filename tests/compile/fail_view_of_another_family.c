/* expect: incompatible type|convert|conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_view_of_another_family.c (C, C++) - a function of floats
 * refuses integers of the same size.
 */
#include "deed.h"

float sum(deed_f32_borrowed v);
float attempt(deed_f32_borrowed floats, deed_i32_borrowed integers);
float attempt(deed_f32_borrowed floats, deed_i32_borrowed integers)
{
	(void)integers;
#ifndef FIXED
	return sum(integers); /* BAD */
#endif
	return sum(floats);
}
