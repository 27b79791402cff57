/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_scratch_owner_kept.c - a buffer in a part's scratch is read when that is over.
 */
#include <deed.h>
#include <deed/pool.h>

static void sum_up(struct deed_part *part, void *context)
{
	deed_i64 *const sums = context;

	if (deed_new_in(&sums[part->index], deed_part_scratch(part), 1))
		return;
	DEED_INOUT(sum, &sums[part->index]);
	deed_at(sum, 0) = (int64_t)(part->hi - part->lo);
}

int main(void)
{
	deed_i64 sums[4] = { DEED_EMPTY, DEED_EMPTY, DEED_EMPTY, DEED_EMPTY };
	struct deed_plan plan;
	int64_t total = 0;

	deed_plan_chunks(&plan, 100, 25);
	if (deed_parallel_for(NULL, &plan, sum_up, sums))
		return 1;
	for (size_t i = 0; i < 4; i++) {
		DEED_BORROWED(sum, &sums[i]);
		total += deed_at(sum, 0);
	}
	return total != 100;
}
