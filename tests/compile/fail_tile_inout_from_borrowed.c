/* expect: no member named .?tile_inout */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_tile_inout_from_borrowed.c (C, C++) - nor a rectangle of
 * it.
 */
#include "deed.h"

void attempt(deed_f32_borrowed r);
void attempt(deed_f32_borrowed r)
{
	DEED_TILE_BORROWED(again, &r, 4, 0, 0, 2, 2);
#ifndef FIXED
	DEED_TILE_INOUT(t, &r, 4, 0, 0, 2, 2); /* BAD */
#endif
}
