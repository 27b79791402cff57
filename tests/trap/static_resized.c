/* SPDX-License-Identifier: MIT
 *
 * tests/trap/static_resized.c - static data is to grow.
 */
#include <deed.h>

static const uint16_t defaults[] = { 80, 443 };

static int add_port(deed_u16 *ports)
{
	return deed_resize(ports, deed_len(*ports) + 1);
}

int main(void)
{
	deed_u16 ports = DEED_EMPTY;

	if (deed_static(&ports, defaults, 2))
		return 1;
	return add_port(&ports) != 0;
}
