/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_uses_shared.c - shared out, and then used whole all the same.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	deed_i32_inout squares;
};

static void fill(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	for (size_t i = part->lo; i < part->hi; i++)
		deed_at(job->squares, i) = (int)(i * i);
}

int main(void)
{
	DEED_AUTO(deed_i32, squares);
	struct deed_plan plan;

	if (deed_new_zeroed(&squares, 100))
		return 1;
	DEED_INOUT(all, &squares);
	struct job job = { all };
	deed_plan_chunks(&plan, deed_len(all), 25);
	deed_share_inout(&plan, &job.squares, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, fill, &job);
}
