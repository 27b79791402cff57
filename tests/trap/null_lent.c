/* SPDX-License-Identifier: MIT
 *
 * tests/trap/null_lent.c - a function lends memory that its caller failed to get.
 */
#include <deed.h>
#include <stdlib.h>

static void clear(double *numbers, size_t count)
{
	DEED_LEND(all, numbers, count);

	for (size_t i = 0; i < count; i++)
		numbers[i] = 0.0;
}

int main(void)
{
	double *numbers = NULL; /* malloc() said no, and nobody looked */

	clear(numbers, 1000);
	free(numbers);
	return 0;
}
