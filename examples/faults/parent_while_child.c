/* SPDX-License-Identifier: MIT
 *
 * examples/faults/parent_while_child.c - a row is lent; the whole matrix is read meanwhile.
 */
#include <deed.h>

static double sum(deed_f64_inout matrix)
{
	const double *cells = deed_data(matrix);
	double total = 0;

	for (size_t i = 0; i < deed_len(matrix); i++)
		total += cells[i];
	return total;
}

int main(void)
{
	DEED_AUTO(deed_f64, cells);

	if (deed_new_zeroed(&cells, 8 * 8))
		return 1;
	DEED_INOUT(matrix, &cells);
	DEED_INOUT_PART(row, &matrix, 8, 16);
	for (size_t i = 0; i < deed_len(row); i++)
		deed_at(row, i) = 1 / (1 + sum(matrix));
	return 0;
}
