/* SPDX-License-Identifier: MIT
 *
 * tests/trap/lent_too_much.c - a count that went below zero is lent.
 */
#include <deed.h>

static void clear(int32_t *items, size_t count)
{
	DEED_LEND(all, items, count);

	for (size_t i = 0; i < count; i++)
		items[i] = 0;
}

int main(void)
{
	int32_t items[4] = { 1, 2, 3, 4 };
	volatile size_t used = 4, kept = 5; /* as a file has it */

	clear(items, used - kept);
	return items[0];
}
