/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_scatters.c - each part adds to elements that a table of indices names.
 */
#include <deed.h>
#include <deed/pool.h>

static void scatter(struct deed_part *part, void *context)
{
	deed_i32 *const xs = context;
	const size_t to = part->index % 5;

	DEED_INOUT_PART(x, xs, to, to + 1);
	deed_at(x, 0)++;
}

int main(void)
{
	DEED_AUTO(deed_i32, xs);
	struct deed_plan plan;

	if (deed_new_zeroed(&xs, 100))
		return 1;
	deed_plan_chunks(&plan, 8, 1);
	return deed_parallel_for(NULL, &plan, scatter, &xs);
}
