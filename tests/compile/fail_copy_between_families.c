/* expect: not compatible with any|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_copy_between_families.c (C, C++) - elements are copied
 * within one family only.
 */
#include "deed.h"

void attempt(deed_i32_inout integers, deed_f32_inout floats, deed_f32_borrowed from);
void attempt(deed_i32_inout integers, deed_f32_inout floats, deed_f32_borrowed from)
{
	(void)integers;
	deed_copy(floats, from);
#ifndef FIXED
	deed_copy(integers, from); /* BAD */
#endif
}
