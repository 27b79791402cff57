/* SPDX-License-Identifier: MIT
 *
 * tests/trap/guard_returned.c - a function returns the view of a guard, whose loan ends as it
 * returns.
 */
#include <deed.h>

static deed_u8_borrowed header_of(const deed_u8 *packet)
{
	DEED_BORROWED_PART(header, packet, 0, 16);

	return header;
}

int main(void)
{
	DEED_AUTO(deed_u8, packet);
	deed_u8_borrowed header;

	if (deed_new_zeroed(&packet, 1500))
		return 1;
	header = header_of(&packet);
	return deed_data(header)[0];
}
