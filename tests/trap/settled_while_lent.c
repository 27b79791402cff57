/* SPDX-License-Identifier: MIT
 *
 * tests/trap/settled_while_lent.c - an owner reaches the end of its block before the loan taken
 * from it does.
 */
#include <deed.h>

static int32_t checksum(int32_t seed)
{
	DEED_AUTO(deed_i32, table);
	deed_i32_borrowed view;
	int32_t sum = seed;

	if (deed_new_zeroed(&table, 16))
		return -1;
	view = deed_borrow(&table);
	for (size_t i = 0; i < deed_len(view); i++) {
		sum += deed_at(view, i);
		if (sum > 1000)
			return -1; /* past the deed_end() below */
	}
	deed_end(&table, &view);
	return sum;
}

int main(void)
{
	return checksum(0) != 0 || checksum(2000) != -1;
}
