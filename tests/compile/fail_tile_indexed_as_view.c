/* expect: not compatible with any|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_tile_indexed_as_view.c (C, C++) - element 7 of a tile is
 * not seven elements after its first.
 */
#include "deed.h"

float attempt(deed_f32_tile_borrowed tile);
float attempt(deed_f32_tile_borrowed tile)
{
#ifndef FIXED
	return deed_at(tile, 7); /* BAD */
#endif
	return deed_at(deed_tile_row(tile, 1), 3);
}
