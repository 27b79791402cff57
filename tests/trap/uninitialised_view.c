/* SPDX-License-Identifier: MIT
 *
 * tests/trap/uninitialised_view.c - a view is read that nobody has taken.
 */
#include <deed.h>
#include <string.h>

struct cursor {
	deed_i32_borrowed items;
	size_t at;
};

static int32_t next(struct cursor *cursor)
{
	return deed_at(cursor->items, cursor->at++);
}

int main(void)
{
	struct cursor cursor;

	memset(&cursor, 0x55, sizeof cursor); /* as malloc() may leave it */
	cursor.at = 0;
	return next(&cursor);
}
