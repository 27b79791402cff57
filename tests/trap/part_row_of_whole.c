/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_row_of_whole.c - the row of a tile is counted in the columns of the whole.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void shade(struct deed_part *part, void *context)
{
	const deed_u8_tile_inout tile = deed_part_tile_inout(part, (deed_u8 *)context);
	const deed_u8_inout row = deed_tile_row(tile, 0);

	for (size_t x = part->x_lo; x < part->x_hi; x++)
		deed_at(row, x) = 0;
}

int main(void)
{
	DEED_AUTO(deed_u8, image);
	struct deed_plan plan;

	if (deed_new_zeroed(&image, 16 * 32))
		return 1;
	deed_plan_tiles(&plan, 16, 32, 8, 16);
	deed_share_inout(&plan, &image, deed_by_tile(32));
	return deed_parallel_for(NULL, &plan, shade, &image);
}
