/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_tiles_by_hand.c - tiles that each part lends by itself, one column too wide.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

#define PITCH 32

static void shade(struct deed_part *part, void *context)
{
	deed_u8 *const image = context;
	const size_t width = part->x_hi - part->x_lo + (part->x_hi < PITCH);

	DEED_TILE_INOUT(tile, image, PITCH, part->lo, part->x_lo, part->hi - part->lo, width);
	deed_fill(deed_tile_row(tile, 0), 0);
}

int main(void)
{
	DEED_AUTO(deed_u8, image);
	struct deed_plan plan;

	if (deed_new_zeroed(&image, 16 * PITCH))
		return 1;
	deed_plan_tiles(&plan, 16, PITCH, 8, 16);
	return deed_parallel_for(NULL, &plan, shade, &image);
}
