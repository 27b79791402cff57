/* SPDX-License-Identifier: MIT
 *
 * tests/trap/use_after_drop_forgotten.c - the buffer ended so long ago that its story has made room
 * for others.
 *
 * options: history=4:quarantine=0
 */
#include <deed.h>

static int one_request(void)
{
	DEED_AUTO(deed_u8, reply);

	return deed_new_zeroed(&reply, 64);
}

int main(void)
{
	deed_u8 banner = DEED_EMPTY;

	if (deed_new_zeroed(&banner, 80))
		return 1;
	deed_drop(&banner);
	for (int i = 0; i < 1000; i++)
		if (one_request())
			return 1;
	return (int)deed_len(banner);
}
