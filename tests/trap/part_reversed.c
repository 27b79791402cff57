/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_reversed.c - a selection from right to left has its ends the wrong way round.
 */
#include <deed.h>

struct selection {
	size_t anchor, cursor;
};

static void erase(deed_u8 *text, const struct selection *selection)
{
	DEED_INOUT_PART(letters, text, selection->anchor, selection->cursor);

	deed_fill(letters, (uint8_t)' ');
}

int main(void)
{
	const struct selection selection = { 9, 3 };
	DEED_AUTO(deed_u8, text);

	if (deed_new_zeroed(&text, 80))
		return 1;
	erase(&text, &selection);
	return 0;
}
