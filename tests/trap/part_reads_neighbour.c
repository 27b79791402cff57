/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_reads_neighbour.c - a part reads the last element of the part before it, which
 * that one may have written by then, or not.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void smooth(struct deed_part *part, void *context)
{
	const deed_f32_inout *const samples = context;
	const deed_f32_inout mine = deed_part_inout(part, samples);
	const float before = part->lo ? deed_at(deed_reading(*samples), part->lo - 1) : 0;

	deed_at(mine, 0) = (before + deed_at(mine, 0)) / 2;
}

int main(void)
{
	DEED_AUTO(deed_f32, samples);
	struct deed_plan plan;
	int err;

	if (deed_new_zeroed(&samples, 100))
		return 1;
	deed_f32_inout view = deed_inout(&samples);
	deed_plan_chunks(&plan, 100, 25);
	deed_share_inout(&plan, &view, DEED_BY_INDEX);
	err = deed_parallel_for(NULL, &plan, smooth, &view);
	deed_end(&samples, &view);
	return err;
}
