/* SPDX-License-Identifier: MIT
 *
 * tests/trap/overwritten_by_new.c - every line that is read is allocated anew, and none is dropped.
 */
#include <deed.h>
#include <string.h>

static int read_line(deed_u8 *ret_line, const char *text)
{
	const size_t len = strlen(text);

	if (deed_new(ret_line, len))
		return -1;
	DEED_INOUT(bytes, ret_line);
	memcpy(deed_data(bytes), text, len);
	return 0;
}

int main(void)
{
	static const char *const poem[] = { "Shall I compare thee", "to a summer's day?" };
	DEED_AUTO(deed_u8, line);

	for (size_t i = 0; i < 2; i++)
		if (read_line(&line, poem[i]))
			return 1;
	return 0;
}
