/* expect: invalid initializer|incompatible|cannot convert|cannot initialize|conversion */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_fill_with_another_type.c (C, C++) - a view is filled with
 * what its elements can hold.
 */
#include "deed.h"

struct px {
	float r, g, b;
};
DEED_DEFINE(pixels, struct px);

void attempt(pixels_inout v, struct px colour);
void attempt(pixels_inout v, struct px colour)
{
	deed_fill(v, colour);
#ifndef FIXED
	deed_fill(v, 0.5f); /* BAD */
#endif
}
