/* SPDX-License-Identifier: MIT
 *
 * examples/restrict.c - plain C, with a bug that restrict hides.
 *
 *     cc -O0 restrict.c      1024 payments of 10 make 10240
 *     cc -O2 restrict.c      1024 payments of 10 make 10
 *
 * add() promises the compiler that its arrays do not overlap, as numeric C does. main()
 * breaks the promise: add() writes the very balances that it reads next. Unoptimised that
 * happens to compute a running balance. Optimised, it reads several balances at a time,
 * before they are written. No warning, no crash, nothing that a sanitizer looks for.
 * restrict_lent.c is the same program with the promise written down for deed.
 */
#include <stdio.h>

enum { DAYS = 1024 };

static void add(int *restrict sum, const int *restrict a, const int *restrict b)
{
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
