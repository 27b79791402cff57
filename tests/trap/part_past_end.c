/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_past_end.c - a part of a buffer is lent by a header field that nobody checked.
 */
#include <deed.h>

struct record {
	uint32_t offset, len;
};

static void decode(deed_u8 *file, const struct record *record)
{
	DEED_INOUT_PART(payload, file, record->offset, record->offset + record->len);

	deed_fill(payload, (uint8_t)0);
}

int main(void)
{
	const struct record record = { 512, 4096 };
	DEED_AUTO(deed_u8, file);

	if (deed_new_zeroed(&file, 1024))
		return 1;
	decode(&file, &record);
	return 0;
}
