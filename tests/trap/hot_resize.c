/* SPDX-License-Identifier: MIT
 *
 * tests/trap/hot_resize.c - a list that grows by one element at a time, in a region inside another.
 * The innermost is named, and both are counted.
 *
 * status: 0
 */
#include <deed.h>
#include <deed/hot.h>

static int append(deed_i32 *list, int value)
{
	const size_t len = deed_len(*list);

	if (deed_resize(list, len + 1))
		return -1;
	DEED_INOUT(items, list);
	deed_at(items, len) = value;
	return 0;
}

int main(void)
{
	DEED_AUTO(deed_i32, list);

	if (deed_new(&list, 0))
		return 1;
	DEED_HOT("frame");
	for (int i = 0; i < 7; i++) {
		DEED_HOT("collect");
		if (append(&list, i))
			return 1;
	}
	return 0;
}
