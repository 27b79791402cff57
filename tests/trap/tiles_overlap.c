/* SPDX-License-Identifier: MIT
 *
 * tests/trap/tiles_overlap.c - two blocks of a matrix are meant to be neighbours, and share a
 * column.
 */
#include <deed.h>

enum { ROWS = 8, COLUMNS = 100, HALF = 50 };

static int clear_halves(deed_f32 *matrix)
{
	DEED_TILE_INOUT(left, matrix, COLUMNS, 0, 0, ROWS, HALF + 1);
	DEED_TILE_INOUT(right, matrix, COLUMNS, 0, HALF, ROWS, COLUMNS - HALF);

	for (size_t y = 0; y < ROWS; y++) {
		deed_fill(deed_tile_row(left, y), 0.0f);
		deed_fill(deed_tile_row(right, y), 0.0f);
	}
	return 0;
}

int main(void)
{
	DEED_AUTO(deed_f32, matrix);

	if (deed_new2(&matrix, ROWS, COLUMNS))
		return 1;
	return clear_halves(&matrix);
}
