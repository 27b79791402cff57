/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_index_of_whole.c - a part's view is counted in the indices of the whole.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void fill(struct deed_part *part, void *context)
{
	const deed_i32_inout mine = deed_part_inout(part, (deed_i32 *)context);

	for (size_t i = part->lo; i < part->hi; i++)
		deed_at(mine, i) = (int)(i * i);
}

int main(void)
{
	DEED_AUTO(deed_i32, squares);
	struct deed_plan plan;

	if (deed_new_zeroed(&squares, 100))
		return 1;
	deed_plan_chunks(&plan, deed_len(squares), 25);
	deed_share_inout(&plan, &squares, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, fill, &squares);
}
