/* SPDX-License-Identifier: MIT
 *
 * tests/trap/parent_while_child.c - a matrix is written while one of its rows is lent on.
 */
#include <deed.h>

static void scale_row(deed_f32_inout matrix, size_t row, size_t columns)
{
	DEED_INOUT_PART(line, &matrix, row * columns, (row + 1) * columns);
	float *numbers = deed_data(matrix); /* line was meant */

	for (size_t x = 0; x < columns; x++)
		numbers[row * columns + x] *= 2.0f;
}

int main(void)
{
	DEED_AUTO(deed_f32, numbers);

	if (deed_new_zeroed(&numbers, 6 * 4))
		return 1;
	DEED_INOUT(matrix, &numbers);
	scale_row(matrix, 2, 4);
	return 0;
}
