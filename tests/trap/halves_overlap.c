/* SPDX-License-Identifier: MIT
 *
 * tests/trap/halves_overlap.c - the two halves that a merge works on meet in the middle.
 */
#include <deed.h>

static void sort_halves(deed_i32_inout whole)
{
	const size_t middle = deed_len(whole) / 2;
	DEED_INOUT_PART(low, &whole, 0, middle + 1);
	DEED_INOUT_PART(high, &whole, middle, deed_len(whole));

	if (deed_at(low, 0) > deed_at(high, 0))
		deed_at(high, 0) = deed_at(low, 0);
}

int main(void)
{
	DEED_AUTO(deed_i32, numbers);

	if (deed_new_zeroed(&numbers, 10))
		return 1;
	DEED_INOUT(whole, &numbers);
	sort_halves(whole);
	return 0;
}
