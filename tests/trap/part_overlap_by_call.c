/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_overlap_by_call.c - a rule of the program's own, with one element too many.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static struct deed_range lines_of(const struct deed_part *part, void *context)
{
	const size_t *const starts = context;
	const struct deed_range range = { starts[part->index], starts[part->index + 1] + 1 };

	return range;
}

static void clear(struct deed_part *part, void *context)
{
	deed_fill(deed_part_inout(part, (deed_u8 *)context), 0);
}

int main(void)
{
	static const size_t starts[] = { 0, 30, 70, 80, 99 };
	DEED_AUTO(deed_u8, text);
	struct deed_plan plan;

	if (deed_new_zeroed(&text, 100))
		return 1;
	deed_plan_chunks(&plan, 4, 1);
	deed_share_inout(&plan, &text, deed_by_call(lines_of, (void *)(size_t)starts));
	return deed_parallel_for(NULL, &plan, clear, &text);
}
