/* SPDX-License-Identifier: MIT
 *
 * tests/trap/arena_over_guard.c - an arena lies over a page that is lent for the length of a block,
 * and outlives that block.
 */
#include <deed.h>
#include <deed/arena.h>

static int open_over(struct deed_arena *lines, deed_u8 *page)
{
	DEED_INOUT(all, page);

	return deed_arena_open_over(lines, deed_data(all), deed_len(all));
}

int main(void)
{
	struct deed_arena lines = DEED_ARENA_EMPTY;
	deed_u8 page = DEED_EMPTY;
	int err = deed_new(&page, 4096);

	if (!err)
		err = open_over(&lines, &page);
	deed_drop(&page);
	deed_arena_close(&lines);
	return err ? 1 : 0;
}
