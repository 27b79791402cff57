/* SPDX-License-Identifier: MIT
 *
 * tests/trap/used_after_end.c - a loan is ended one line too early.
 */
#include <deed.h>

static float peak(const deed_f32 *samples)
{
	deed_f32_borrowed view = deed_borrow(samples);
	float highest = 0.0f;

	for (size_t i = 0; i < deed_len(view); i++)
		if (deed_at(view, i) > highest)
			highest = deed_at(view, i);
	deed_end(samples, &view);
	return highest > 0.0f ? highest : deed_at(view, 0);
}

int main(void)
{
	DEED_AUTO(deed_f32, samples);

	if (deed_new_zeroed(&samples, 256))
		return 1;
	return peak(&samples) > 0.0f;
}
