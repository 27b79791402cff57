/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_owner_under_guard.c - an owner is shared out while a guard beside lends it.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void clear(struct deed_part *part, void *context)
{
	deed_fill(deed_part_inout(part, (deed_f32 *)context), 0);
}

int main(void)
{
	DEED_AUTO(deed_f32, row);
	struct deed_plan plan;

	if (deed_new_zeroed(&row, 100))
		return 1;
	DEED_INOUT(all, &row);
	deed_plan_chunks(&plan, deed_len(all), 25);
	deed_share_inout(&plan, &row, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, clear, &row);
}
