/* SPDX-License-Identifier: MIT
 *
 * tests/trap/block_leak.c - blocks that nobody freed.
 */
#include <deed.h>
#include <deed/malloc.h>

static void *make(size_t bytes)
{
	return deed_malloc(bytes);
}

int main(void)
{
	char *const kept = make(100);

	for (int i = 0; i < 3; i++)
		if (!make(10))
			return 1;
	deed_free(kept);
	return 0;
}
