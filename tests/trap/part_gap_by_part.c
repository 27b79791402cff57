/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_gap_by_part.c - an element for each part, of what the plan counts.
 *
 * status: 0
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void set(struct deed_part *part, void *context)
{
	deed_fill(deed_part_inout(part, (deed_f32 *)context), 1);
}

int main(void)
{
	DEED_AUTO(deed_f32, row);
	struct deed_plan plan;

	if (deed_new_zeroed(&row, 1000))
		return 1;
	deed_plan_chunks(&plan, deed_len(row), 100);
	deed_share_inout(&plan, &row, deed_by_part(1));
	return deed_parallel_for(NULL, &plan, set, &row);
}
