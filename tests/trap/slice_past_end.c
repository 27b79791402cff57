/* SPDX-License-Identifier: MIT
 *
 * tests/trap/slice_past_end.c - the last chunk of a buffer is not a whole one.
 */
#include <deed.h>

enum { CHUNK = 64 };

static uint32_t hash(deed_u8_borrowed chunk)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < deed_len(chunk); i++)
		hash = (hash ^ deed_at(chunk, i)) * 16777619u;
	return hash;
}

int main(void)
{
	DEED_AUTO(deed_u8, file);
	uint32_t sum = 0;

	if (deed_new_zeroed(&file, 100))
		return 1;
	DEED_BORROWED(bytes, &file);
	for (size_t at = 0; at < deed_len(bytes); at += CHUNK)
		sum += hash(deed_slice(bytes, at, at + CHUNK));
	return sum == 0;
}
