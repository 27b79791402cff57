/* expect: not compatible with any|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_claim_of_tile.c (C, C++) - a tile is nobody's
 * operand.
 */
#include "deed.h"
#include "deed/claim.h"

void attempt(deed_f32_inout y, deed_f32_tile_inout tile);
void attempt(deed_f32_inout y, deed_f32_tile_inout tile)
{
	(void)deed_data(y), (void)tile;
#ifndef FIXED
	(void)!deed_claim(y, tile); /* BAD */
#endif
}
