/* expect: read-only|not assignable|cannot assign */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_row_written.c (C, C++) - a row of a borrowed tile is
 * borrowed.
 */
#include "deed.h"

void attempt(deed_f32_tile_borrowed r, deed_f32_tile_inout w);
void attempt(deed_f32_tile_borrowed r, deed_f32_tile_inout w)
{
	(void)r;
	deed_at(deed_tile_row(w, 0), 0) = 1.0f;
#ifndef FIXED
	deed_at(deed_tile_row(r, 0), 0) = 1.0f; /* BAD */
#endif
}
