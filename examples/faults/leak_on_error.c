/* SPDX-License-Identifier: MIT
 *
 * examples/faults/leak_on_error.c - one error path forgets what the other one ends.
 */
#include <deed.h>
#include <stdio.h>

static int load(size_t columns, size_t rows)
{
	deed_f64 header = DEED_EMPTY, cells = DEED_EMPTY;
	int err;

	err = deed_new(&header, columns);
	if (err)
		return err;
	err = deed_new2(&cells, rows, columns);
	if (err)
		return err;
	deed_drop(&cells);
	deed_drop(&header);
	return 0;
}

int main(void)
{
	if (load(16, SIZE_MAX))
		puts("too large: not loaded");
	return 0;
}
