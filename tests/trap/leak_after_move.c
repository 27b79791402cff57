/* SPDX-License-Identifier: MIT
 *
 * tests/trap/leak_after_move.c - a buffer was moved into a list that nobody empties.
 */
#include <deed.h>

static deed_i32 history[16];
static size_t history_len;

static void remember(deed_i32 *move)
{
	deed_move(&history[history_len++], move);
}

int main(void)
{
	deed_i32 move = DEED_EMPTY;

	if (deed_new_zeroed(&move, 4))
		return 1;
	remember(&move);
	return 0;
}
