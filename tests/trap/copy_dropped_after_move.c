/* SPDX-License-Identifier: MIT
 *
 * tests/trap/copy_dropped_after_move.c - a struct is passed by value, its buffer moved on, and
 * the original dropped.
 */
#include <deed.h>

struct letter {
	deed_u8 body;
};

static deed_u8 outbox;

static void post(struct letter letter)
{
	deed_move(&outbox, &letter.body);
}

int main(void)
{
	struct letter letter = { DEED_EMPTY };

	if (deed_new_zeroed(&letter.body, 100))
		return 1;
	post(letter);
	deed_drop(&letter.body);
	deed_drop(&outbox);
	return 0;
}
