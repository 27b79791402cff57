/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_lends_counts.c - a part lends its counters from the caller's view, which nobody
 * has shared out.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void count(struct deed_part *part, void *context)
{
	const deed_u64_inout *const counts = context;
	const deed_u64_inout mine = deed_inout_part(counts, part->index * 16, 16);

	deed_at(mine, 0)++;
	deed_end(counts, &mine);
}

int main(void)
{
	DEED_AUTO(deed_u64, counts);
	struct deed_plan plan;
	int err;

	deed_plan_chunks(&plan, 1000, 250);
	if (deed_new_zeroed(&counts, plan.parts * 16))
		return 1;
	deed_u64_inout view = deed_inout(&counts);
	err = deed_parallel_for(NULL, &plan, count, &view);
	deed_end(&counts, &view);
	return err;
}
