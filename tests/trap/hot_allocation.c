/* SPDX-License-Identifier: MIT
 *
 * tests/trap/hot_allocation.c - scratch memory that is made anew in every step. Told once, by the
 * stack of the first, and counted.
 *
 * status: 0
 */
#include <deed.h>
#include <deed/hot.h>

static int smooth(deed_f32 *line)
{
	DEED_AUTO(deed_f32, scratch);

	if (deed_clone(&scratch, line))
		return -1;
	DEED_BORROWED(from, &scratch);
	DEED_INOUT(to, line);
	for (size_t i = 1; i + 1 < deed_len(from); i++)
		deed_at(to, i) = (deed_at(from, i - 1) + deed_at(from, i + 1)) / 2;
	return 0;
}

int main(void)
{
	DEED_AUTO(deed_f32, line);

	if (deed_new_zeroed(&line, 100))
		return 1;
	DEED_HOT("smoothing");
	for (int step = 0; step < 50; step++)
		if (smooth(&line))
			return 1;
	return 0;
}
