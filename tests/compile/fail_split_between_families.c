/* expect: not compatible with any|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_split_between_families.c (C, C++) - the halves of a view
 * are of its family and its kind.
 */
#include "deed.h"

void attempt(deed_f32_inout v);
void attempt(deed_f32_inout v)
{
	deed_f32_inout left, right;
	deed_i32_inout other;

	deed_split(&v, 1, &left, &right);
#ifndef FIXED
	deed_split(&v, 1, &left, &other); /* BAD */
#endif
	(void)other;
}
