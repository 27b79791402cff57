/* SPDX-License-Identifier: MIT
 *
 * tests/trap/overwritten_by_move.c - the next frame takes the place of the one that is still shown.
 */
#include <deed.h>

struct screen {
	deed_u32 shown;
};

static void show(struct screen *screen, deed_u32 *frame)
{
	deed_move(&screen->shown, frame);
}

int main(void)
{
	struct screen screen = { 0 };
	deed_u32 title = DEED_EMPTY, game = DEED_EMPTY;

	if (deed_new_zeroed(&title, 320 * 200) || deed_new_zeroed(&game, 320 * 200))
		return 1;
	show(&screen, &title);
	show(&screen, &game);
	deed_drop(&screen.shown);
	return 0;
}
