/* SPDX-License-Identifier: MIT
 *
 * tests/trap/kernel_overlaps.c - an echo is added to the sound that it is an echo of.
 */
#include <deed.h>
#include <deed/kernels.h>

enum { DELAY = 100 };

static void echo(deed_f32_inout sound, float volume)
{
	const size_t len = deed_len(sound);

	deed_axpy_f32(deed_slice(sound, DELAY, len), volume, deed_slice(sound, 0, len - DELAY));
}

int main(void)
{
	DEED_AUTO(deed_f32, sound);

	if (deed_new_zeroed(&sound, 480))
		return 1;
	DEED_INOUT(s, &sound);
	echo(s, 0.5f);
	return 0;
}
