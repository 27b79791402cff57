/* expect: no member named .?borrowed */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_tile_copied_as_view.c (C, C++) - a contiguous copy
 * refuses a tile.
 */
#include "deed.h"

void attempt(deed_f32_inout to, deed_f32_tile_borrowed tile);
void attempt(deed_f32_inout to, deed_f32_tile_borrowed tile)
{
	deed_copy(to, deed_tile_row(tile, 0));
#ifndef FIXED
	deed_copy(to, tile); /* BAD */
#endif
}
