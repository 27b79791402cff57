/* SPDX-License-Identifier: MIT
 *
 * tests/trap/static_inout.c - a table of constants is to be sorted in place.
 */
#include <deed.h>

static const int32_t primes[] = { 7, 5, 3, 2 };

static void sort(deed_i32 *numbers)
{
	DEED_INOUT(view, numbers);

	for (size_t i = 1; i < deed_len(view); i++)
		if (deed_at(view, i - 1) > deed_at(view, i))
			deed_at(view, i) = deed_at(view, i - 1);
}

int main(void)
{
	deed_i32 table = DEED_EMPTY;

	if (deed_static(&table, primes, 4))
		return 1;
	sort(&table);
	return 0;
}
