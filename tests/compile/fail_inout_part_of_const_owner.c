/* expect: not compatible with any|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_inout_part_of_const_owner.c (C, C++) - a part of a const
 * owner lends to readers only.
 */
#include "deed.h"

void attempt(const deed_f32 *xs);
void attempt(const deed_f32 *xs)
{
	DEED_BORROWED_PART(r, xs, 0, 2);
#ifndef FIXED
	DEED_INOUT_PART(v, xs, 0, 2); /* BAD */
#endif
}
