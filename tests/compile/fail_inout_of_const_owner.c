/* expect: not compatible with any|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_inout_of_const_owner.c (C, C++) - a const owner lends to
 * readers only.
 */
#include "deed.h"

void attempt(const deed_f32 *xs);
void attempt(const deed_f32 *xs)
{
	DEED_BORROWED(r, xs);
#ifndef FIXED
	deed_f32_inout v = deed_inout(xs); /* BAD */
	(void)v;
#endif
}
