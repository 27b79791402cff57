/* SPDX-License-Identifier: MIT
 *
 * tests/trap/settled_while_lent_on.c - a destructor settles what its caller still reads.
 */
#include <deed.h>

struct font {
	deed_u8 glyphs;
};

static void font_free(struct font *font)
{
	deed_settle(&font->glyphs);
}

int main(void)
{
	struct font font = { DEED_EMPTY };

	if (deed_new_zeroed(&font.glyphs, 96))
		return 1;
	DEED_BORROWED(glyphs, &font.glyphs);
	if (deed_at(glyphs, 0) == 0)
		font_free(&font);
	return 0;
}
