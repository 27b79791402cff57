/* SPDX-License-Identifier: MIT
 *
 * tests/trap/block_leak_one.c - a block that nobody freed.
 */
#include <deed.h>
#include <deed/malloc.h>

int main(void)
{
	char *const name = deed_malloc(32);

	return name ? 0 : 1;
}
