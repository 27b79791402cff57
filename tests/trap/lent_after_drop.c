/* SPDX-License-Identifier: MIT
 *
 * tests/trap/lent_after_drop.c - a raw pointer into a buffer is lent after the drop; goes on.
 * options: on_fault=continue
 * status: 0
 */
#include <deed.h>

int main(void)
{
	deed_u8 packet = DEED_EMPTY;
	uint8_t *bytes;

	if (deed_new_zeroed(&packet, 100))
		return 1;
	{
		DEED_INOUT(p, &packet);

		bytes = deed_data(p);
	}
	deed_drop(&packet);
	{
		DEED_LEND(tail, bytes + 90, 10);

		deed_fill(tail, 1);
		return deed_at(tail, 9) != 1;
	}
}
