/* expect: not compatible with any|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_split_borrowed_into_inout.c (C, C++) - the halves of what
 * may be read may be read.
 */
#include "deed.h"

void attempt(deed_f32_borrowed r);
void attempt(deed_f32_borrowed r)
{
	deed_f32_borrowed left, right;
	deed_f32_inout other;

	deed_split(&r, 1, &left, &right);
#ifndef FIXED
	deed_split(&r, 1, &left, &other); /* BAD */
#endif
	(void)other;
}
