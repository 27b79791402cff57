/* expect: incompatible type|could not convert|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_kernel_of_tile_part.c (C, C++) - a part that is a tile is
 * not contiguous: its rows are.
 */
#include "deed.h"
#include "deed/kernels.h"
#include "deed/share.h"

void attempt(struct deed_part *part, const deed_f32_inout *xs, float a);
void attempt(struct deed_part *part, const deed_f32_inout *xs, float a)
{
	const deed_f32_tile_inout mine = deed_part_tile_inout(part, xs);

	deed_scale_f32_by(deed_tile_row(mine, 0), a);
#ifndef FIXED
	deed_scale_f32_by(mine, a); /* BAD */
#endif
}
