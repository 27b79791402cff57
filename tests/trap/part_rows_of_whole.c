/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_rows_of_whole.c - a part slices the rows that it has by their number in all of the
 * matrix.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>

enum { COLUMNS = 100, ROWS = 12 };

static void clear_part(struct deed_part *part, void *context)
{
	deed_f32_inout *const matrix = context;
	deed_f32_inout mine = deed_part_inout(part, matrix);

	for (size_t y = part->lo; y < part->hi; y++)
		deed_fill_f32(deed_slice(mine, y * COLUMNS, (y + 1) * COLUMNS), 0);
}

int main(void)
{
	DEED_AUTO(deed_f32, degrees);
	struct deed_plan plan;

	if (deed_new2(&degrees, ROWS, COLUMNS))
		return 1;
	DEED_INOUT(matrix, &degrees);
	deed_f32_inout shared = matrix;
	deed_plan_chunks(&plan, ROWS, 4);
	deed_share_inout(&plan, &shared, deed_by_rows(COLUMNS));
	return deed_parallel_for(NULL, &plan, clear_part, &shared);
}
