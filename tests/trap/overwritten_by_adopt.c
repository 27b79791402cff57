/* SPDX-License-Identifier: MIT
 *
 * tests/trap/overwritten_by_adopt.c - mapped memory is adopted into an owner that still has a
 * buffer.
 */
#include <deed.h>

static uint8_t page[4096];

static int load(deed_u8 *contents)
{
	return deed_adopt(contents, page, sizeof page, NULL, NULL);
}

int main(void)
{
	DEED_AUTO(deed_u8, contents);

	if (deed_new(&contents, 16))
		return 1;
	return load(&contents);
}
