/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_of_part_past_end.c - a view is asked for more than it was lent, although the
 * buffer has it.
 */
#include <deed.h>

static int32_t read_field(deed_u8_borrowed header, size_t at)
{
	deed_u8_borrowed field = deed_reborrow(&header, at, at + 4);
	const int32_t value = deed_at(field, 0);

	deed_end(&header, &field);
	return value;
}

int main(void)
{
	DEED_AUTO(deed_u8, packet);

	if (deed_new_zeroed(&packet, 64))
		return 1;
	DEED_BORROWED_PART(header, &packet, 0, 16);
	return read_field(header, 14);
}
