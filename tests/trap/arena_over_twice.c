/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_over_twice.c - two arenas are cut out of the same bytes of a page.
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
	struct deed_arena lines = DEED_ARENA_EMPTY, words = DEED_ARENA_EMPTY;
	deed_u8 page = DEED_EMPTY;
	uint8_t *block;
	int err = deed_new(&page, PAGE_BYTES);

	if (err)
		return 1;
	block = bytes_of(&page);
	err = deed_arena_open_over(&lines, block, PAGE_BYTES);
	if (err)
		return 1;
	err = deed_arena_open_over(&words, block + 1024, 2048);
	deed_arena_close(&lines);
	deed_drop(&page);
	return err ? 1 : 0;
}
