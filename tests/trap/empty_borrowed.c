/* SPDX-License-Identifier: MIT
 *
 * tests/trap/empty_borrowed.c - a thumbnail is drawn that was never loaded.
 */
#include <deed.h>
#include <stdio.h>

struct photo {
	const char *title;
	deed_u8 thumbnail;
};

static void draw(const struct photo *photo)
{
	DEED_BORROWED(pixels, &photo->thumbnail);

	printf("%s: %zu bytes\n", photo->title, deed_len(pixels));
}

int main(void)
{
	struct photo photo = { .title = "harbour" };

	draw(&photo);
	deed_settle(&photo.thumbnail);
	return 0;
}
