/* SPDX-License-Identifier: MIT
 *
 * tests/trap/written_after_drop.c - a raw pointer outlives the buffer; the memory, which waits in
 * quarantine, shows at exit that somebody wrote to it.
 */
#include <deed.h>

static float *last_sample;

static void record(deed_f32_inout v)
{
	last_sample = deed_data(v) + deed_len(v) - 1;
}

int main(void)
{
	deed_f32 samples = DEED_EMPTY;

	if (deed_new_zeroed(&samples, 100))
		return 1;
	{
		DEED_INOUT(v, &samples);
		record(v);
	}
	deed_drop(&samples);
	*last_sample = 1.0f;
	return 0;
}
