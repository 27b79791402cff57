/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_as_json.c - a report of two parts in JSON.
 *
 * options: format=json
 */
#include <deed.h>
#include <deed/share.h>
#include <deed/pool.h>

static void blur(struct deed_part *part, void *context)
{
	deed_f32 *const row = context;
	const size_t end = part->hi < deed_len(*row) ? part->hi + 1 : part->hi;

	DEED_INOUT_PART(mine, row, part->lo, end);
	deed_fill(mine, (float)part->index);
}

int main(void)
{
	DEED_AUTO(deed_f32, row);
	struct deed_plan plan;

	if (deed_new_zeroed(&row, 256))
		return 1;
	deed_plan_chunks(&plan, deed_len(row), 64);
	return deed_parallel_for(NULL, &plan, blur, &row);
}
