/* expect: not compatible with any|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_tile_inout_of_const_owner.c (C, C++) - a rectangle of a
 * const owner lends to readers only.
 */
#include "deed.h"

void attempt(const deed_f32 *xs);
void attempt(const deed_f32 *xs)
{
	DEED_TILE_BORROWED(r, xs, 4, 0, 0, 2, 2);
#ifndef FIXED
	DEED_TILE_INOUT(t, xs, 4, 0, 0, 2, 2); /* BAD */
#endif
}
