/* SPDX-License-Identifier: MIT
 *
 * tests/trap/tile_below.c - the last block of an image is as high as all others, which is too high.
 */
#include <deed.h>

enum { WIDTH = 640, HEIGHT = 500, BLOCK = 64 };

static uint32_t brightest(deed_u32_borrowed image, size_t y)
{
	DEED_TILE_BORROWED(stripe, &image, WIDTH, y, 0, BLOCK, WIDTH);
	uint32_t best = 0;

	for (size_t row = 0; row < BLOCK; row++)
		for (size_t x = 0; x < WIDTH; x++)
			if (deed_at(deed_tile_row(stripe, row), x) > best)
				best = deed_at(deed_tile_row(stripe, row), x);
	return best;
}

int main(void)
{
	DEED_AUTO(deed_u32, image);
	uint32_t best = 0;

	if (deed_new_zeroed(&image, HEIGHT * WIDTH))
		return 1;
	DEED_BORROWED(pixels, &image);
	for (size_t y = 0; y < HEIGHT; y += BLOCK)
		best |= brightest(pixels, y);
	return best != 0;
}
