/* SPDX-License-Identifier: MIT
 *
 * tests/trap/leak_grouped.c - a thousand buffers leak from one line.
 */
#include <deed.h>

static int handle_request(size_t bytes)
{
	deed_u8 reply = DEED_EMPTY;

	if (deed_new(&reply, bytes))
		return -1;
	return 0; /* sent, and never dropped */
}

int main(void)
{
	for (int i = 0; i < 1000; i++)
		if (handle_request(100))
			return 1;
	return 0;
}
