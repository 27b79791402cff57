/* SPDX-License-Identifier: MIT
 *
 * tests/trap/leak_one.c - an early return forgets the buffer that was made before it.
 */
#include <deed.h>

static int load_font(const char *path)
{
	deed_u8 glyphs = DEED_EMPTY;

	if (deed_new_zeroed(&glyphs, 2048))
		return -1;
	if (path[0] != '/')
		return -1;
	deed_drop(&glyphs);
	return 0;
}

int main(void)
{
	return load_font("fonts/sans.ttf") == 0;
}
