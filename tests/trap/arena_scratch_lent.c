/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_scratch_lent.c - a view of scratch memory is handed out of its block.
 */
#include <deed.h>
#include <deed/arena.h>

static deed_u8_borrowed render(deed_u8 *text)
{
	DEED_SCRATCH(tmp);

	if (deed_new_in(text, tmp, 80))
		return (deed_u8_borrowed){ { 0 } };
	return deed_borrow(text);
}

int main(void)
{
	deed_u8 text = DEED_EMPTY;
	const deed_u8_borrowed shown = render(&text);

	return (int)deed_len(shown);
}
