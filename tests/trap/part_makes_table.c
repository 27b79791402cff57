/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_makes_table.c - whoever comes first makes a table, and all read it.
 */
#include <deed.h>
#include <deed/pool.h>

static deed_i32 table;

static void look_up(struct deed_part *part, void *context)
{
	int *const found = context;

	if (!deed_owns(&table) && deed_new_zeroed(&table, 100)) {
		deed_part_cancel(part, -1);
		return;
	}
	DEED_BORROWED(values, &table);
	found[part->index] = deed_at(values, part->index);
}

int main(void)
{
	int found[8];
	struct deed_plan plan;

	deed_plan_chunks(&plan, 8, 1);
	return deed_parallel_for(NULL, &plan, look_up, found);
}
