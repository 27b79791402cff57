/* SPDX-License-Identifier: MIT
 *
 * examples/faults/double_drop.c - an error path drops, and so does the caller.
 */
#include <deed.h>
#include <stdio.h>

static int decode(deed_u8 *packet)
{
	DEED_BORROWED(bytes, packet);

	return deed_at(bytes, 0) == 0x7f ? 0 : -EINVAL;
}

static int receive(deed_u8 *packet)
{
	const int err = decode(packet);

	if (err)
		deed_drop(packet);
	return err;
}

int main(void)
{
	deed_u8 packet = DEED_EMPTY;

	if (deed_new_zeroed(&packet, 1500))
		return 1;
	if (receive(&packet))
		puts("bad packet");
	deed_drop(&packet);
	return 0;
}
