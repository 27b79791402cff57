/* SPDX-License-Identifier: MIT
 *
 * tests/trap/moved_while_lent.c - a frame is queued for the display while it is still being drawn.
 */
#include <deed.h>

static deed_u32 on_display;

static void present(deed_u32 *frame)
{
	deed_move(&on_display, frame);
}

int main(void)
{
	deed_u32 frame = DEED_EMPTY;

	if (deed_new(&frame, 320 * 200))
		return 1;
	DEED_INOUT(pixels, &frame);
	deed_fill(pixels, 0xff8800u);
	present(&frame);
	deed_at(pixels, 0) = 0; /* a last touch */
	deed_drop(&on_display);
	return 0;
}
