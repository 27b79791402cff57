/* SPDX-License-Identifier: MIT
 *
 * tests/trap/tile_row_outside.c - a loop over the rows of a tile runs once too often.
 */
#include <deed.h>

int main(void)
{
	DEED_AUTO(deed_f32, picture);

	if (deed_new2(&picture, 20, 30))
		return 1;
	DEED_TILE_INOUT(frame, &picture, 30, 5, 5, 10, 20);
	for (size_t y = 0; y <= deed_tile_rows(frame); y++)
		deed_fill(deed_tile_row(frame, y), 1.0f);
	return 0;
}
