/* SPDX-License-Identifier: MIT
 *
 * tests/trap/lent_by_handle_and_by_address.c - C code lends bytes of a buffer that a handle has
 * lent already.
 */
#include <deed.h>

static uint8_t key_bytes[32];

static void wipe(uint8_t *bytes, size_t len)
{
	DEED_LEND(all, bytes, len);

	for (size_t i = 0; i < len; i++)
		bytes[i] = 0;
}

int main(void)
{
	DEED_AUTO(deed_u8, key);
	deed_u8_borrowed first_half;

	if (deed_adopt(&key, key_bytes, sizeof key_bytes, NULL, NULL))
		return 1;
	first_half = deed_borrow_part(&key, 0, 16);
	wipe(key_bytes, sizeof key_bytes);
	deed_end(&key, &first_half);
	return 0;
}
