/* SPDX-License-Identifier: MIT
 *
 * tests/trap/lent_after_free.c - a function lends its argument, which its caller has freed.
 */
#include <deed.h>
#include <deed/malloc.h>

static int sum(const int *values, size_t len)
{
	int total = 0;

	DEED_LEND_CONST(v, values, len);
	for (size_t i = 0; i < len; i++)
		total += deed_at(v, i);
	return total;
}

int main(void)
{
	int *const points = deed_calloc(10, sizeof *points);

	if (!points)
		return 1;
	deed_free(points);
	return sum(points, 10);
}
