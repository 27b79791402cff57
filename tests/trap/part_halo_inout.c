/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_halo_inout.c - parts with their neighbours' edges, lent for writing.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void smooth(struct deed_part *part, void *context)
{
	const deed_f32_inout mine = deed_part_inout(part, (deed_f32 *)context);

	for (size_t i = 1; i + 1 < deed_len(mine); i++)
		deed_at(mine, i) = (deed_at(mine, i - 1) + deed_at(mine, i + 1)) / 2;
}

int main(void)
{
	DEED_AUTO(deed_f32, row);
	struct deed_plan plan;

	if (deed_new_zeroed(&row, 256))
		return 1;
	deed_plan_chunks(&plan, deed_len(row), 64);
	deed_share_inout(&plan, &row, deed_by_halo(1, 1));
	return deed_parallel_for(NULL, &plan, smooth, &row);
}
