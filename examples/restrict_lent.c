/* SPDX-License-Identifier: MIT
 *
 * examples/restrict_lent.c - restrict.c, with its promise written down.
 *
 *     cc -O2 restrict_lent.c $(pkg-config --cflags --libs deed)             as before
 *     cc -O2 -g restrict_lent.c $(pkg-config --cflags --libs deed-trap)     E09
 *
 * A lend at the head of a block says: for this block these bytes are mine, to write
 * (DEED_LEND) or only to read (DEED_LEND_CONST). Two that overlap in one call, one of them
 * writing, break the promise that restrict made, and the report shows both. The code below
 * the lends, and whoever calls it, stays as it was. In release builds nothing is left.
 */
#include <deed.h>
#include <stdio.h>

enum { DAYS = 1024 };

static void add(int *restrict sum, const int *restrict a, const int *restrict b)
{
	DEED_LEND(s, sum, DAYS);
	DEED_LEND_CONST(x, a, DAYS);
	DEED_LEND_CONST(y, b, DAYS);

	for (int i = 0; i < DAYS; i++)
		sum[i] = a[i] + b[i];
}

int main(void)
{
	int payment[DAYS], balance[DAYS + 1] = { 0 };

	for (int day = 0; day < DAYS; day++)
		payment[day] = 10;

	add(balance + 1, balance, payment);

	printf("%d payments of 10 make %d\n", DAYS, balance[DAYS]);
	return 0;
}
