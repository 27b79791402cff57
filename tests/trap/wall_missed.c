/* SPDX-License-Identifier: MIT
 *
 * tests/trap/wall_missed.c - a text's closing null lands between the end of its buffer and the page
 * that may not be touched: the buffer ends as near to that as its alignment lets it.
 *
 * options: guard=1
 */
#include <deed.h>

static void copy_text(volatile uint8_t *to, const char *text)
{
	while ((*to++ = (uint8_t)*text++))
		;
}

int main(void)
{
	deed_u8 name = DEED_EMPTY;

	if (deed_new(&name, 12))
		return 1;
	{
		DEED_INOUT(v, &name);
		copy_text(deed_data(v), "twelve bytes");
	}
	deed_drop(&name);
	return 0;
}
