/* expect: invalid initializer|incompatible|conversion|no viable */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_borrowed_to_inout.c (C, C++) - a borrowed view does not
 * become an inout view by assignment.
 */
#include "deed.h"

void attempt(deed_f32_borrowed r);
void attempt(deed_f32_borrowed r)
{
	deed_f32_borrowed same = r;
#ifndef FIXED
	deed_f32_inout v = r; /* BAD */
	(void)v;
#endif
	(void)same;
}
