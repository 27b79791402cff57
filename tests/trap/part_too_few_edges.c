/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_too_few_edges.c - edges of two parts, and a plan that has four.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void clear(struct deed_part *part, void *context)
{
	deed_fill(deed_part_inout(part, (deed_u8 *)context), 0);
}

int main(void)
{
	/* What lies behind the three that were meant is anything. */
	static const size_t edges[5] = { 0, 50, 100, 12345, 678 };
	DEED_AUTO(deed_u8, text);
	struct deed_plan plan;

	if (deed_new_zeroed(&text, 100))
		return 1;
	deed_plan_chunks(&plan, deed_len(text), 25);
	deed_share_inout(&plan, &text, deed_by_edges(edges));
	return deed_parallel_for(NULL, &plan, clear, &text);
}
