/* SPDX-License-Identifier: MIT
 *
 * tests/trap/wall_after_drop.c - a raw pointer reads a buffer that has ended, whose pages may not
 * be touched any more.
 *
 * options: guard=1
 */
#include <deed.h>

static int first_of(const volatile uint8_t *raw)
{
	return raw[3];
}

int main(void)
{
	deed_u8 name = DEED_EMPTY;
	const uint8_t *raw;

	if (deed_new_zeroed(&name, 20))
		return 1;
	{
		DEED_BORROWED(r, &name);
		raw = deed_data(r);
	}
	deed_drop(&name);
	return first_of(raw);
}
