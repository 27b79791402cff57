/* SPDX-License-Identifier: MIT
 *
 * examples/faults/out_of_bounds.c - a smoothing filter looks past the last element.
 */
#include <deed.h>

static void smooth(deed_f64_inout to, deed_f64_borrowed from)
{
	for (size_t i = 0; i < deed_len(from); i++)
		deed_at(to, i) = (deed_at(from, i) + deed_at(from, i + 1)) / 2;
}

int main(void)
{
	DEED_AUTO(deed_f64, rough);
	DEED_AUTO(deed_f64, smoothed);

	if (deed_new_zeroed(&rough, 100) || deed_new(&smoothed, 100))
		return 1;
	DEED_BORROWED(from, &rough);
	DEED_INOUT(to, &smoothed);
	smooth(to, from);
	return 0;
}
