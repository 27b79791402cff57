/* SPDX-License-Identifier: MIT
 *
 * tests/trap/used_after_end_forgotten.c - a view is kept for so long that nobody knows what ended
 * its loan.
 */
#include <deed.h>

static void one_turn(deed_i32 *counters)
{
	DEED_INOUT(view, counters);

	deed_at(view, 0)++;
}

int main(void)
{
	DEED_AUTO(deed_i32, counters);
	deed_i32_borrowed kept;

	if (deed_new_zeroed(&counters, 4))
		return 1;
	kept = deed_borrow(&counters);
	deed_end(&counters, &kept);
	for (int i = 0; i < 100000; i++)
		one_turn(&counters);
	return deed_at(kept, 0);
}
