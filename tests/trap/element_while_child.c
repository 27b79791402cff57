/* SPDX-License-Identifier: MIT
 *
 * tests/trap/element_while_child.c - one element of a loan is written while a part around it is
 * read.
 */
#include <deed.h>

static int32_t sum(deed_i32_borrowed numbers)
{
	int32_t total = 0;

	for (size_t i = 0; i < deed_len(numbers); i++)
		total += deed_at(numbers, i);
	return total;
}

int main(void)
{
	DEED_AUTO(deed_i32, account);

	if (deed_new_zeroed(&account, 12))
		return 1;
	DEED_INOUT(year, &account);
	DEED_BORROWED_PART(spring, &year, 2, 5);
	deed_at(year, 4) += 10;
	return sum(spring) != 10;
}
