/* SPDX-License-Identifier: MIT
 *
 * tests/trap/block_freed_while_lent.c - a block is freed by a callee, while it is lent by its address.
 */
#include <deed.h>
#include <deed/malloc.h>

struct list {
	int *items;
};

static void clear(struct list *list)
{
	deed_free(list->items);
	list->items = NULL;
}

int main(void)
{
	struct list list = { deed_calloc(10, sizeof(int)) };

	if (!list.items)
		return 1;
	{
		DEED_LEND(items, list.items, 10);

		deed_at(items, 0) = 1;
		clear(&list);
	}
	clear(&list);
	return 0;
}
