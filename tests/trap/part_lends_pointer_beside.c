/* SPDX-License-Identifier: MIT
 *
 * tests/trap/part_lends_pointer_beside.c - a part lends memory by address of which a view is shared
 * out.
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	deed_f32_inout ys;
	float *samples;
};

static void clear(float *out, size_t n)
{
	DEED_LEND(to, out, n);
	for (size_t i = 0; i < deed_len(to); i++)
		deed_at(to, i) = 0;
}

static void clear_part(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	clear(job->samples + part->lo, part->hi - part->lo);
}

int main(void)
{
	struct deed_plan plan;
	struct job job;
	int err;
	DEED_AUTO(deed_f32, ys);

	if (deed_new_zeroed(&ys, 100))
		return 1;
	job.ys = deed_inout(&ys);
	job.samples = deed_data(job.ys);
	deed_plan_chunks(&plan, 100, 25);
	deed_share_inout(&plan, &job.ys, DEED_BY_INDEX);
	err = deed_parallel_for(NULL, &plan, clear_part, &job);
	deed_end(&ys, &job.ys);
	return err;
}
