/* SPDX-License-Identifier: MIT
 *
 * tests/trap/block_reallocated_while_lent.c - a block is reallocated in a loop over its elements.
 */
#include <deed.h>
#include <deed/malloc.h>

int main(void)
{
	int *items = deed_malloc(4 * sizeof(int)), *more = NULL;

	if (!items)
		return 1;
	{
		DEED_LEND_CONST(seen, items, 4);

		for (size_t i = 0; i < deed_len(seen) && !more; i++)
			more = deed_realloc(items, 8 * sizeof(int));
	}
	deed_free(more);
	return 0;
}
