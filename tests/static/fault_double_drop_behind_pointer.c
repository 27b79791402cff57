/* SPDX-License-Identifier: MIT
 *
 * tests/static/fault_double_drop_behind_pointer.c - the same, of what pointers point to
 *
 * fault: E05
 */
#include <deed.h>

struct image {
	deed_f32 pixels;
};

static void done(struct image *image)
{
	deed_drop(&image->pixels);
	/* expect: cannot call function 'deed_drop' while state 'image->pixels.is.gone' is held */
	deed_drop(&image->pixels);
}

static void done_twice(deed_f32 *pixels)
{
	deed_drop(pixels);
	/* expect: cannot call function 'deed_drop' while state 'pixels->is.gone' is held */
	deed_drop(pixels);
}

int main(int argc, char **argv)
{
	struct image image = { DEED_EMPTY };

	(void)argv;
	if (deed_new(&image.pixels, 8))
		return 1;
	if (argc > 1)
		done_twice(&image.pixels);
	done(&image);
	return 0;
}
