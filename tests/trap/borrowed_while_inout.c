/* SPDX-License-Identifier: MIT
 *
 * tests/trap/borrowed_while_inout.c - a progress display reads the image that is being rendered.
 */
#include <deed.h>
#include <stdio.h>

struct image {
	size_t width, height;
	deed_u8 pixels;
};

static void show_progress(const struct image *image)
{
	DEED_BORROWED(pixels, &image->pixels);

	printf("%d\n", deed_at(pixels, 0));
}

static void render(struct image *image)
{
	DEED_INOUT(pixels, &image->pixels);

	for (size_t y = 0; y < image->height; y++) {
		deed_at(pixels, y * image->width) = 255;
		show_progress(image);
	}
}

int main(void)
{
	struct image image = { .width = 64, .height = 48 };

	if (deed_new_zeroed(&image.pixels, image.width * image.height))
		return 1;
	render(&image);
	deed_drop(&image.pixels);
	return 0;
}
