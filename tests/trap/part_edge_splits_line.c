/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_edge_splits_line.c - two workers write to one cache line, in a hot region.
 *
 * status: 0
 */
#include <deed.h>
#include <deed/hot.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	deed_f32_inout row;
	deed_u64_inout counts;
};

static void count(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	const deed_f32_inout mine = deed_part_inout(part, &job->row);

	for (size_t i = 0; i < deed_len(mine); i++)
		deed_at(mine, i) = 1;
	deed_at(deed_part_inout(part, &job->counts), 0) = deed_len(mine);
}

int main(void)
{
	DEED_AUTO(deed_f32, values);
	DEED_AUTO(deed_u64, counts);
	struct deed_plan plan;

	if (deed_new_aligned(&values, 100000, 64) || deed_new_zeroed(&counts, 4))
		return 1;
	DEED_INOUT(v, &values);
	DEED_INOUT(c, &counts);
	struct job job = { v, c };
	DEED_HOT("counting");
	deed_plan_chunks(&plan, deed_len(v), 25000);
	deed_share_inout(&plan, &job.row, DEED_BY_INDEX);
	deed_share_inout(&plan, &job.counts, deed_by_part(1));
	return deed_parallel_for(NULL, &plan, count, &job);
}
