/* SPDX-License-Identifier: MIT
 *
 * tests/trap/block_overrun.c - a text's closing null lands a byte behind its block.
 */
#include <deed/malloc.h>
#include <string.h>

static char *copy_of(const char *text)
{
	const size_t len = strlen(text);
	char *const copy = deed_malloc(len);

	for (size_t i = 0; copy && i <= len; i++)
		copy[i] = text[i];
	return copy;
}

int main(void)
{
	char *const copy = copy_of("twelve bytes");

	deed_free(copy);
	return 0;
}
