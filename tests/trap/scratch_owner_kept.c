/* SPDX-License-Identifier: MIT
 *
 * tests/trap/scratch_owner_kept.c - a buffer in scratch memory is read outside of its block.
 */
#include <deed.h>
#include <deed/arena.h>

static int render(deed_u8 *text)
{
	DEED_SCRATCH(tmp);

	return deed_new_in(text, tmp, 80);
}

int main(void)
{
	deed_u8 text = DEED_EMPTY;

	if (render(&text))
		return 1;
	DEED_BORROWED(shown, &text);
	return (int)deed_len(shown);
}
