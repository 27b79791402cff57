/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_lends_shared.c - a part lends the owner itself, which is shared out to it.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void count(struct deed_part *part, void *context)
{
	deed_u32 *const counts = context;

	DEED_INOUT_PART(mine, counts, part->lo, part->hi);
	deed_at(mine, 0)++;
}

int main(void)
{
	DEED_AUTO(deed_u32, counts);
	struct deed_plan plan;

	if (deed_new_zeroed(&counts, 64))
		return 1;
	deed_plan_chunks(&plan, deed_len(counts), 16);
	deed_share_inout(&plan, &counts, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, count, &counts);
}
