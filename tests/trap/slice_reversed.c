/* SPDX-License-Identifier: MIT
 *
 * tests/trap/slice_reversed.c - a separator that is not there is taken for a position.
 */
#include <deed.h>

/* Where `letter` is, from `at` on; 0 if it is nowhere. */
static size_t find(deed_u8_borrowed text, size_t at, uint8_t letter)
{
	for (; at < deed_len(text); at++)
		if (deed_at(text, at) == letter)
			return at;
	return 0;
}

int main(void)
{
	DEED_AUTO(deed_u8, line);

	if (deed_from(&line, (const uint8_t *)"key=value", 9))
		return 1;
	DEED_BORROWED(text, &line);
	const size_t equals = find(text, 0, '=');
	const size_t end = find(text, equals, ';');
	return (int)deed_len(deed_slice(text, equals + 1, end));
}
