/* SPDX-License-Identifier: MIT
 *
 * tests/trap/resized_while_lent.c - a list grows while it is walked.
 */
#include <deed.h>

static int append(deed_i32 *list, int32_t value)
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

	if (deed_new_zeroed(&list, 3))
		return 1;
	DEED_BORROWED(items, &list);
	for (size_t i = 0; i < deed_len(items); i++)
		if (deed_at(items, i) == 0 && append(&list, 1))
			return 1;
	return 0;
}
