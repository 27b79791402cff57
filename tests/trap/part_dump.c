/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_dump.c - who has what of a buffer that is shared out, as one of the parts sees it.
 *
 * status: 0
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void look(struct deed_part *part, void *context)
{
	deed_f32 *const row = context;
	const deed_f32_inout mine = deed_part_inout(part, row);

	DEED_BORROWED_PART(head, &mine, 0, 4);
	if (part->index == 2 && deed_at(head, 0) == 0)
		deed_dump(row);
}

int main(void)
{
	DEED_AUTO(deed_f32, row);
	struct deed_plan plan;

	if (deed_new_zeroed(&row, 256))
		return 1;
	deed_plan_chunks(&plan, deed_len(row), 64);
	deed_share_inout(&plan, &row, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, look, &row);
}
