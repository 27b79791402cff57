/* SPDX-License-Identifier: MIT
 *
 * tests/trap/dropped_while_lent.c - a window is closed while its title is on loan to the task bar.
 */
#include <deed.h>
#include <stdio.h>

struct window {
	deed_u8 title;
};

static deed_u8_borrowed shown_in_task_bar;

static void window_open(struct window *window)
{
	shown_in_task_bar = deed_borrow(&window->title);
}

static void window_close(struct window *window)
{
	deed_drop(&window->title);
}

int main(void)
{
	struct window window = { 0 };

	if (deed_new_zeroed(&window.title, 32))
		return 1;
	window_open(&window);
	window_close(&window);
	printf("%c\n", deed_at(shown_in_task_bar, 0));
	return 0;
}
