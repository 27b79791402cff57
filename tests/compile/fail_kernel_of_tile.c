/* expect: incompatible type|could not convert|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_kernel_of_tile.c (C, C++) - contiguous elements are
 * asked for: the rows of a tile are.
 */
#include "deed.h"
#include "deed/kernels.h"

void attempt(deed_f32_tile_inout tile, float a);
void attempt(deed_f32_tile_inout tile, float a)
{
	deed_scale_f32_by(deed_tile_row(tile, 0), a);
#ifndef FIXED
	deed_scale_f32_by(tile, a); /* BAD */
#endif
}
