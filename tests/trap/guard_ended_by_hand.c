/* SPDX-License-Identifier: MIT
 *
 * tests/trap/guard_ended_by_hand.c - a guard ends its loan, and so does the program.
 */
#include <deed.h>

static double mean(const deed_f64 *values)
{
	DEED_BORROWED(view, values);
	const size_t len = deed_len(view);
	double sum = 0.0;

	for (size_t i = 0; i < len; i++)
		sum += deed_at(view, i);
	deed_end(values, &view);
	return sum / (double)len;
}

int main(void)
{
	DEED_AUTO(deed_f64, values);

	if (deed_new_zeroed(&values, 12))
		return 1;
	return mean(&values) > 0.0;
}
