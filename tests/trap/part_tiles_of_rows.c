/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_tiles_of_rows.c - a matrix is shared out in tiles by a plan that counts rows.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void nothing(struct deed_part *part, void *context)
{
	(void)part;
	(void)context;
}

int main(void)
{
	DEED_AUTO(deed_f32, matrix);
	struct deed_plan plan;

	if (deed_new_zeroed(&matrix, 200 * 120))
		return 1;
	deed_plan_chunks(&plan, 120, 32);
	deed_share_inout(&plan, &matrix, deed_by_tile(200));
	return deed_parallel_for(NULL, &plan, nothing, NULL);
}
