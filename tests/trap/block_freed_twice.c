/* SPDX-License-Identifier: MIT
 *
 * tests/trap/block_freed_twice.c - a block is freed by who was only lent it.
 */
#include <deed.h>
#include <deed/malloc.h>

static void print_name(char *name)
{
	name[0] = 'x';
	deed_free(name);
}

int main(void)
{
	char *const name = deed_malloc(32);

	if (!name)
		return 1;
	print_name(name);
	deed_free(name);
	return 0;
}
