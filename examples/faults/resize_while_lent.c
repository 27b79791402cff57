/* SPDX-License-Identifier: MIT
 *
 * examples/faults/resize_while_lent.c - a list grows under the feet of who walks over it.
 */
#include <deed.h>

static int append(deed_i32 *list, int32_t value)
{
	const size_t len = deed_len(*list);
	const int err = deed_resize(list, len + 1);

	if (err)
		return err;
	DEED_INOUT(items, list);
	deed_at(items, len) = value;
	return 0;
}

int main(void)
{
	DEED_AUTO(deed_i32, list);

	if (deed_new(&list, 0) || append(&list, 3) || append(&list, -4))
		return 1;
	DEED_BORROWED(items, &list);
	for (size_t i = 0; i < deed_len(items); i++)
		if (deed_at(items, i) < 0 && append(&list, -deed_at(items, i)))
			return 1;
	return 0;
}
