/* SPDX-License-Identifier: MIT
 *
 * tests/trap/tile_outside.c - a block of an image is cut at its right edge.
 */
#include <deed.h>

enum { WIDTH = 640, HEIGHT = 480, BLOCK = 48 };

static void clear_block(deed_u32 *image, size_t y, size_t x)
{
	DEED_TILE_INOUT(block, image, WIDTH, y, x, BLOCK, BLOCK);

	for (size_t row = 0; row < BLOCK; row++)
		deed_fill(deed_tile_row(block, row), 0u);
}

int main(void)
{
	DEED_AUTO(deed_u32, image);

	if (deed_new2(&image, HEIGHT, WIDTH))
		return 1;
	for (size_t y = 0; y < HEIGHT; y += BLOCK)
		for (size_t x = 0; x < WIDTH; x += BLOCK)
			clear_block(&image, y, x);
	return 0;
}
