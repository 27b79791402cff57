/* SPDX-License-Identifier: MIT
 *
 * tests/trap/three_holders.c - a buffer is cleared while three readers, of which two hold parts,
 * are at it.
 */
#include <deed.h>

struct reader {
	const char *name;
	deed_u16_borrowed view;
};

static void clear(deed_u16 *log)
{
	DEED_INOUT(all, log);

	deed_fill(all, (uint16_t)0);
}

int main(void)
{
	DEED_AUTO(deed_u16, log);
	struct reader console, disk, network;

	if (deed_new_zeroed(&log, 1000))
		return 1;
	console.view = deed_borrow_part(&log, 900, 1000);
	disk.view = deed_borrow(&log);
	network.view = deed_borrow_part(&log, 0, 500);
	clear(&log);
	deed_end(&log, &console.view);
	deed_end(&log, &disk.view);
	deed_end(&log, &network.view);
	return 0;
}
