/* SPDX-License-Identifier: MIT
 *
 * tests/trap/kernel_in_place.c - a mixer adds a voice to what it has, by the form that
 * wants a third place for the sum.
 */
#include <deed.h>
#include <deed/kernels.h>

static void mix(deed_f32_inout out, deed_f32_borrowed voice)
{
	deed_add_f32(out, out, voice);
}

int main(void)
{
	DEED_AUTO(deed_f32, sound);
	DEED_AUTO(deed_f32, voice);

	if (deed_new_zeroed(&sound, 480) || deed_new_zeroed(&voice, 480))
		return 1;
	DEED_INOUT(out, &sound);
	DEED_BORROWED(in, &voice);
	mix(out, in);
	return 0;
}
