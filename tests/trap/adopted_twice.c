/* SPDX-License-Identifier: MIT
 *
 * tests/trap/adopted_twice.c - the same block is handed to deed by two callers.
 */
#include <deed.h>
#include <stdlib.h>

static void free_it(void *data, size_t bytes, void *context)
{
	(void)bytes;
	(void)context;
	free(data);
}

static int wrap(deed_u8 *ret, void *block, size_t bytes)
{
	return deed_adopt(ret, block, bytes, free_it, NULL);
}

int main(void)
{
	void *block = malloc(4096);
	deed_u8 page = DEED_EMPTY, same_page = DEED_EMPTY;

	if (!block || wrap(&page, block, 4096))
		return 1;
	if (wrap(&same_page, block, 4096))
		return 1;
	deed_drop(&page);
	deed_drop(&same_page);
	return 0;
}
