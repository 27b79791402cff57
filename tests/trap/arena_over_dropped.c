/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_over_dropped.c - the page that an arena lies over is dropped before the arena is
 * closed.
 */
#include <deed.h>
#include <deed/arena.h>

#define PAGE_BYTES 4096

static uint8_t *bytes_of(deed_u8 *page)
{
	DEED_INOUT(all, page);

	return deed_data(all);
}

int main(void)
{
	struct deed_arena lines = DEED_ARENA_EMPTY;
	deed_u8 page = DEED_EMPTY;
	uint8_t *block;
	int err = deed_new(&page, PAGE_BYTES);

	if (err)
		return 1;
	block = bytes_of(&page);
	err = deed_arena_open_over(&lines, block, PAGE_BYTES);
	if (err)
		return 1;
	deed_drop(&page);
	deed_arena_close(&lines);
	return err ? 1 : 0;
}
