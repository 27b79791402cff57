/* SPDX-License-Identifier: MIT
 *
 * tests/trap/as_sarif.c - the same report as a SARIF log.
 *
 * options: format=sarif
 */
#include <deed.h>

static void grow(deed_i32 *list)
{
	if (deed_resize(list, 2 * deed_len(*list)))
		return;
	DEED_INOUT(items, list);
	deed_at(items, 0) = 1;
}

int main(void)
{
	DEED_AUTO(deed_i32, list);

	if (deed_new_zeroed(&list, 3))
		return 1;
	DEED_BORROWED_PART(tail, &list, 1, 3);
	grow(&list);
	return deed_at(tail, 0);
}
