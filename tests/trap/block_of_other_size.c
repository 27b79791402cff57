/* SPDX-License-Identifier: MIT
 *
 * tests/trap/block_of_other_size.c - a block is freed with the size of another.
 */
#include <deed.h>
#include <deed/malloc.h>

int main(void)
{
	char *const name = deed_malloc(32);

	deed_free_sized(name, 16);
	return 0;
}
