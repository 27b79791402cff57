/* SPDX-License-Identifier: MIT
 *
 * tests/partitions/tools.c - what the partition programs share.
 */
#include "partition.h"

struct deed_plan cut(size_t count, size_t each)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, count, each);
	return plan;
}

struct deed_plan cut_tiles(size_t rows, size_t columns, size_t tile_rows, size_t tile_columns)
{
	struct deed_plan plan;

	deed_plan_tiles(&plan, rows, columns, tile_rows, tile_columns);
	return plan;
}

void run_plan(struct deed_pool *pool, struct deed_plan *plan, deed_part_fn fn, void *context)
{
	CHECK(deed_parallel_for(pool, plan, fn, context) == 0);
}

void run(struct deed_pool *pool, struct deed_plan plan, deed_part_fn fn, void *context)
{
	run_plan(pool, &plan, fn, context);
}

int sum_of(const deed_i32 *xs)
{
	int sum = 0;
	DEED_BORROWED(r, xs);

	for (size_t i = 0; i < deed_len(r); i++)
		sum += deed_at(r, i);
	return sum;
}

void add_to_all(deed_i32_inout xs, int value)
{
	int *const data = deed_data(xs);

	for (size_t i = 0; i < deed_len(xs); i++)
		data[i] += value;
}
