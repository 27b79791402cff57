/* SPDX-License-Identifier: MIT
 *
 * tests/trap/copy_overlaps.c - the lines of a terminal scroll up by a copy onto themselves.
 */
#include <deed.h>

enum { ROWS = 25, COLUMNS = 80 };

static void scroll(deed_u16_inout screen)
{
	const size_t cells = (size_t)ROWS * COLUMNS;

	deed_copy(deed_slice(screen, 0, cells - COLUMNS), deed_slice(screen, COLUMNS, cells));
}

int main(void)
{
	DEED_AUTO(deed_u16, terminal);

	if (deed_new2(&terminal, ROWS, COLUMNS))
		return 1;
	DEED_INOUT(screen, &terminal);
	scroll(screen);
	return 0;
}
