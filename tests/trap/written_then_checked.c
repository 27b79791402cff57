/* SPDX-License-Identifier: MIT
 *
 * tests/trap/written_then_checked.c - a zero behind a text, found between two looks at everything.
 */
#include <deed.h>
#include <string.h>

static void join(char *target, const char *first, const char *second)
{
	const size_t len = strlen(first);

	memcpy(target, first, len);
	memcpy(target + len, second, strlen(second));
	target[len + strlen(second)] = 0;
}

int main(void)
{
	deed_u8 text = DEED_EMPTY;
	char *raw;

	if (deed_new(&text, 10))
		return 1;
	{
		DEED_INOUT(v, &text);

		raw = (char *)deed_data(v);
	}
	(void)deed_check_all();
	join(raw, "left ", "right");
	(void)deed_check_all();
	deed_drop(&text);
	return 0;
}
