/* SPDX-License-Identifier: MIT
 *
 * tests/trap/use_after_move.c - consume_buffer(buf^), then buf.size: the buffer was given away.
 */
#include <deed.h>
#include <stdio.h>

static void consume_buffer(deed_u8 *from)
{
	DEED_AUTO(deed_u8, buf);

	deed_move(&buf, from);
	printf("sent %zu bytes\n", deed_len(buf));
}

int main(void)
{
	deed_u8 buf = DEED_EMPTY;

	if (deed_new_zeroed(&buf, 1024))
		return 1;
	consume_buffer(&buf);
	printf("the buffer has %zu bytes\n", deed_len(buf));
	return 0;
}
