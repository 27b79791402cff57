/* SPDX-License-Identifier: MIT
 *
 * tests/trap/kernel_written_twice.c - both channels of a sound go to one buffer.
 */
#include <deed.h>
#include <deed/kernels.h>

int main(void)
{
	DEED_AUTO(deed_f32, frames);
	DEED_AUTO(deed_f32, sides);

	if (deed_new_zeroed(&frames, 400) || deed_new_zeroed(&sides, 400))
		return 1;
	DEED_BORROWED(in, &frames);
	DEED_INOUT(out, &sides);
	const deed_f32_inout left = deed_slice(out, 0, 200), right = deed_slice(out, 100, 300);
	deed_deinterleave2_f32(left, right, in);
	return 0;
}
