/* SPDX-License-Identifier: MIT
 *
 * tests/trap/use_after_release.c - a string is given to C code that frees it, and measured
 * afterwards.
 */
#include <deed.h>
#include <stdio.h>
#include <stdlib.h>

static void print_and_free(uint8_t *text)
{
	puts((char *)text);
	free(text);
}

int main(void)
{
	static const uint8_t greeting[] = "good evening";
	deed_u8 text = DEED_EMPTY;

	if (deed_from(&text, greeting, sizeof greeting))
		return 1;
	print_and_free(deed_release(&text));
	printf("%zu letters\n", deed_len(text) - 1);
	return 0;
}
