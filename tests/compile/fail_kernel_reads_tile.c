/* expect: not compatible with any|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_kernel_reads_tile.c (C, C++) - a tile is not read as
 * a view either.
 */
#include "deed.h"
#include "deed/kernels.h"

void attempt(deed_f32_inout to, deed_f32_tile_borrowed tile);
void attempt(deed_f32_inout to, deed_f32_tile_borrowed tile)
{
	deed_add_f32_by(to, deed_tile_row(tile, 0));
#ifndef FIXED
	deed_add_f32_by(to, tile); /* BAD */
#endif
}
