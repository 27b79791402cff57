/* SPDX-License-Identifier: MIT
 *
 * tests/trap/written_in_front.c - a length in front of a text, as other allocators keep one, is not
 * the buffer's; the end of the block that owns it notices.
 */
#include <deed.h>

int main(void)
{
	DEED_AUTO(deed_u8, text);

	if (deed_new(&text, 32))
		return 1;
	DEED_INOUT(v, &text);
	uint32_t *const words = (uint32_t *)(void *)deed_data(v);

	words[-2] = 32;
	return 0;
}
