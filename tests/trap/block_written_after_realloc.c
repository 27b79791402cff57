/* SPDX-License-Identifier: MIT
 *
 * tests/trap/block_written_after_realloc.c - a pointer into a block is written through after the
 * block has grown, found when the program ends.
 */
#include <deed/malloc.h>

int main(void)
{
	int *list = deed_malloc(4 * sizeof *list);
	volatile int *const last = list ? list + 3 : (int *)0;
	int *const longer = deed_realloc(list, 8 * sizeof *list);

	if (!last || !longer)
		return 1;
	*last = 7;
	deed_free(longer);
	return 0;
}
