/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_lends_owner_of_shared.c - a part lends an owner, of which a view is shared out to
 * it.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	deed_f32_inout out;
	deed_f32 *owner;
};

static void clear(struct deed_part *part, void *context)
{
	struct job *const job = context;

	DEED_INOUT(out, job->owner);
	for (size_t y = part->lo; y < part->hi; y++)
		for (size_t x = part->x_lo; x < part->x_hi; x++)
			deed_at(out, y * 32 + x) = 0;
}

int main(void)
{
	DEED_AUTO(deed_f32, out);
	struct deed_plan plan;

	if (deed_new_zeroed(&out, 32 * 20))
		return 1;
	{
		DEED_INOUT(dst, &out);
		struct job job = { dst, &out };

		deed_plan_tiles(&plan, 20, 32, 8, 16);
		deed_share_inout(&plan, &job.out, deed_by_tile(32));
		return deed_parallel_for(NULL, &plan, clear, &job);
	}
}
