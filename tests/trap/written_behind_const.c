/* SPDX-License-Identifier: MIT
 *
 * tests/trap/written_behind_const.c - a function casts const away, and writes what its caller only
 * reads.
 */
#include <deed.h>
#include <stdint.h>

static void trim(const char *text, size_t len)
{
	char *letters = (char *)(uintptr_t)text;
	DEED_LEND(line, letters, len);

	if (letters[len - 1] == '\n')
		letters[len - 1] = '\0';
}

static void print_trimmed(const char *text, size_t len)
{
	DEED_LEND_CONST(line, text, len);

	trim(text, len);
}

int main(void)
{
	char line[] = "a line\n";

	print_trimmed(line, sizeof line - 1);
	return 0;
}
