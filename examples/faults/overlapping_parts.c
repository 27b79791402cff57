/* SPDX-License-Identifier: MIT
 *
 * examples/faults/overlapping_parts.c - rows are smoothed in place, and the parts lent with the
 * row above them.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

enum { ROWS = 480, PARTS = 4 };

static void smooth_part(struct deed_part *part, void *context)
{
	deed_f32_inout rows = deed_part_inout(part, (deed_f32 *)context);

	for (size_t i = 1; i < deed_len(rows); i++)
		deed_at(rows, i) = (deed_at(rows, i - 1) + deed_at(rows, i)) / 2;
}

static struct deed_range with_row_above(const struct deed_part *part, void *context)
{
	const struct deed_range range = { part->lo ? part->lo - 1 : 0, part->hi };

	(void)context;
	return range;
}

int main(void)
{
	DEED_AUTO(deed_f32, plane);
	struct deed_plan plan;

	if (deed_new_zeroed(&plane, ROWS))
		return 1;
	deed_plan_parts(&plan, ROWS, PARTS);
	deed_share_inout(&plan, &plane, deed_by_call(with_row_above, NULL));
	return deed_parallel_for(NULL, &plan, smooth_part, &plane);
}
