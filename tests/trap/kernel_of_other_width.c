/* SPDX-License-Identifier: MIT
 *
 * tests/trap/kernel_of_other_width.c - pixels of three channels are made, where there is
 * room for four.
 */
#include <deed.h>
#include <deed/kernels.h>

int main(void)
{
	DEED_AUTO(deed_f32, plane);
	DEED_AUTO(deed_f32, picture);

	if (deed_new_zeroed(&plane, 64) || deed_new_zeroed(&picture, 256))
		return 1;
	DEED_BORROWED(grey, &plane);
	DEED_INOUT(pixels, &picture);
	deed_interleave3_f32(pixels, grey, grey, grey);
	return 0;
}
