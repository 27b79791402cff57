/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_lends_taken_by_address.c - a part lends by address what it has taken of an owner
 * in the same function.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

static void scale(struct deed_part *part, void *context)
{
	deed_f32 *const ys = context;
	const deed_f32_inout mine = deed_part_inout(part, ys);
	float *samples = deed_data(mine);

	DEED_LEND(to, samples, deed_len(mine));
	for (size_t i = 0; i < deed_len(to); i++)
		deed_at(to, i) *= 2;
}

int main(void)
{
	DEED_AUTO(deed_f32, ys);
	struct deed_plan plan;

	if (deed_new_zeroed(&ys, 100))
		return 1;
	deed_plan_chunks(&plan, 100, 25);
	deed_share_inout(&plan, &ys, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, scale, &ys);
}
