/* SPDX-License-Identifier: MIT
 *
 * examples/faults/empty_handle.c - an optional buffer is used as if it were always there.
 */
#include <deed.h>
#include <stdio.h>

struct track {
	deed_f32 samples;
	deed_u8 lyrics; /* of songs only */
};

static uint8_t initial(const struct track *track)
{
	DEED_BORROWED(text, &track->lyrics);

	return deed_at(text, 0);
}

int main(void)
{
	struct track track = { 0 };

	if (deed_new_zeroed(&track.samples, 1000))
		return 1;
	printf("the lyrics begin with %c\n", initial(&track));
	deed_drop(&track.samples);
	return 0;
}
