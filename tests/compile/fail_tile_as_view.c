/* expect: incompatible type|convert|conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_tile_as_view.c (C, C++) - a tile has gaps between its
 * rows: what expects contiguous elements refuses it.
 */
#include "deed.h"

float sum(deed_f32_borrowed v);
float attempt(deed_f32_tile_borrowed tile);
float attempt(deed_f32_tile_borrowed tile)
{
#ifndef FIXED
	return sum(tile); /* BAD */
#endif
	return sum(deed_tile_row(tile, 0));
}
