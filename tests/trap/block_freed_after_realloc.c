/* SPDX-License-Identifier: MIT
 *
 * tests/trap/block_freed_after_realloc.c - the old address is freed, which a realloc() has ended.
 */
#include <deed.h>
#include <deed/malloc.h>

int main(void)
{
	char *const small = deed_malloc(32);
	char *const large = deed_realloc(small, 64);

	if (!large)
		return 1;
	deed_free(small);
	deed_free(large);
	return 0;
}
