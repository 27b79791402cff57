/* SPDX-License-Identifier: MIT
 *
 * tests/trap/block_freed_inside.c - a pointer was moved on before it is freed.
 */
#include <deed.h>
#include <deed/malloc.h>

int main(void)
{
	char *text = deed_malloc(32);

	if (!text)
		return 1;
	text += 5;
	deed_free(text);
	return 0;
}
