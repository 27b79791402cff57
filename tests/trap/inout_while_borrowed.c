/* SPDX-License-Identifier: MIT
 *
 * tests/trap/inout_while_borrowed.c - a filter asks to write what its caller is reading.
 */
#include <deed.h>

static void normalise(deed_f32 *samples, float peak)
{
	DEED_INOUT(view, samples);

	for (size_t i = 0; i < deed_len(view); i++)
		deed_at(view, i) /= peak;
}

int main(void)
{
	DEED_AUTO(deed_f32, samples);

	if (deed_new_zeroed(&samples, 512))
		return 1;
	DEED_BORROWED(reading, &samples);
	normalise(&samples, deed_at(reading, 0) + 1.0f);
	return 0;
}
