/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_edges_changed.c - a part moves the edges that the others are cut by.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>

static size_t edges[] = { 0, 25, 50, 75, 100 };

static void clear(struct deed_part *part, void *context)
{
	deed_f32 *const ys = context;

	edges[part->index + 1] -= 5;
	deed_fill(deed_part_inout(part, ys), 0);
}

int main(void)
{
	DEED_AUTO(deed_f32, ys);
	struct deed_plan plan;

	if (deed_new_zeroed(&ys, 100))
		return 1;
	deed_plan_chunks(&plan, 4, 1);
	deed_share_inout(&plan, &ys, deed_by_edges(edges));
	return deed_parallel_for(NULL, &plan, clear, &ys);
}
