/* SPDX-License-Identifier: MIT
 *
 * tests/trap/dropped_under_raw_lend.c - C code still works on the bytes of a buffer that a callback
 * drops.
 */
#include <deed.h>

static deed_u8 packet;

static void on_error(void)
{
	deed_drop(&packet);
}

static void decode(uint8_t *bytes, size_t len, void (*on_failure)(void))
{
	DEED_LEND(input, bytes, len);

	for (size_t i = 0; i < len; i++)
		if (bytes[i] == 0)
			on_failure();
}

int main(void)
{
	uint8_t *bytes;

	if (deed_new_zeroed(&packet, 64))
		return 1;
	{
		DEED_INOUT(whole, &packet);
		bytes = deed_data(whole);
	}
	decode(bytes, 64, on_error);
	return 0;
}
