/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_rows_of_tiles.c - a matrix is cut into tiles, and shared out by rows.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>

enum { ROWS = 64, COLUMNS = 100 };

static void clear(struct deed_part *part, void *context)
{
	deed_f32 *const matrix = context;

	deed_fill(deed_part_inout(part, matrix), 0);
}

int main(void)
{
	DEED_AUTO(deed_f32, matrix);
	struct deed_plan plan;

	if (deed_new_zeroed(&matrix, ROWS * COLUMNS))
		return 1;
	deed_plan_tiles(&plan, ROWS, COLUMNS, 16, 50);
	deed_share_inout(&plan, &matrix, deed_by_rows(COLUMNS));
	return deed_parallel_for(NULL, &plan, clear, &matrix);
}
