/* SPDX-License-Identifier: MIT
 *
 * tests/trap/block_reallocated_after_free.c - a block grows after it was freed.
 */
#include <deed.h>
#include <deed/malloc.h>

int main(void)
{
	char *list = deed_calloc(4, 8);

	deed_free(list);
	list = deed_realloc(list, 64);
	deed_free(list);
	return 0;
}
