/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_of_around.c - a part inside of another takes with the outer one.
 */
#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>

struct row {
	struct deed_part *part;
	deed_f32 *ys;
};

static void clear(struct deed_part *part, void *context)
{
	const struct row *const row = context;

	deed_fill(deed_part_inout(row->part, row->ys), (float)part->index);
}

static void clear_rows(struct deed_part *part, void *context)
{
	struct row row = { part, context };
	struct deed_plan plan;

	deed_plan_chunks(&plan, part->hi - part->lo, 32);
	if (deed_parallel_for(NULL, &plan, clear, &row))
		deed_part_cancel(part, -1);
}

int main(void)
{
	DEED_AUTO(deed_f32, ys);
	struct deed_plan plan;

	if (deed_new_zeroed(&ys, 1000))
		return 1;
	deed_plan_chunks(&plan, deed_len(ys), 128);
	deed_share_inout(&plan, &ys, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, clear_rows, &ys);
}
