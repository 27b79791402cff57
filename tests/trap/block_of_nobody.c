/* SPDX-License-Identifier: MIT
 *
 * tests/trap/block_of_nobody.c - what is on the stack is freed.
 */
#include <deed.h>
#include <deed/malloc.h>

int main(void)
{
	char name[32] = "";

	deed_free(name);
	return 0;
}
