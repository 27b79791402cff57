/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_scheduled.c - a pool of four, one part at a time, in an order drawn from a seed.
 *
 * options: schedule=7
 */
#include <deed.h>
#include <deed/pool.h>

static void add(struct deed_part *part, void *context)
{
	deed_u64 *const sum = context;

	DEED_INOUT(total, sum);
	deed_at(total, 0) += part->hi - part->lo;
}

int main(void)
{
	DEED_AUTO(deed_u64, sum);
	struct deed_pool *pool = NULL;
	struct deed_plan plan;

	if (deed_new_zeroed(&sum, 1) || deed_pool_new(&pool, 4))
		return 1;
	deed_plan_parts(&plan, 1000, 4);
	return deed_parallel_for(pool, &plan, add, &sum) || deed_pool_free(&pool);
}
