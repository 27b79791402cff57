/* SPDX-License-Identifier: MIT
 *
 * tests/trap/index_below_zero.c - a search runs backwards past the first element.
 */
#include <deed.h>

static void insert(deed_i32_inout sorted, size_t len, int32_t value)
{
	size_t at = len;

	while (deed_at(sorted, at - 1) > value) {
		deed_at(sorted, at) = deed_at(sorted, at - 1);
		at--;
	}
	deed_at(sorted, at) = value;
}

int main(void)
{
	static const int32_t start[] = { 3, 5, 8, 0 };
	DEED_AUTO(deed_i32, numbers);

	if (deed_from(&numbers, start, 4))
		return 1;
	DEED_INOUT(sorted, &numbers);
	insert(sorted, 3, 1);
	return 0;
}
