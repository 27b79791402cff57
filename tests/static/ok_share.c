/* SPDX-License-Identifier: MIT
 *
 * tests/static/ok_share.c - owners, views and columns shared out to parts (strict, C++)
 */
#include <deed.h>
#include <deed/pool.h>
#include <deed/share.h>

struct job {
	deed_f32_inout y;
	deed_f32_borrowed x;
	const deed_f32 *z;
};

static void add_part(struct deed_part *part, void *context)
{
	const struct job *const job = (const struct job *)context;
	const deed_f32_inout y = deed_part_inout(part, &job->y);
	const deed_f32_borrowed x = deed_part_borrowed(part, &job->x);
	const deed_f32_borrowed z = deed_part_borrowed(part, job->z);

	for (size_t i = 0; i < deed_len(y); i++)
		deed_at(y, i) += deed_at(x, i) + deed_at(z, i);
	if (deed_len(y) > 1) {
		DEED_INOUT_PART(first, &y, 0, 1);
		deed_at(first, 0) = 0;
	}
}

static int add(deed_f32 *ys, const deed_f32 *xs) DEED_WRITES(ys) DEED_READS(xs);
static int add(deed_f32 *ys, const deed_f32 *xs)
{
	struct deed_plan plan;
	struct job job;

	DEED_INOUT(y, ys);
	DEED_BORROWED(x, xs);

	job.y = y;
	job.x = x;
	job.z = xs;
	deed_plan_chunks(&plan, deed_len(y), 3);
	deed_share_inout(&plan, &job.y, DEED_BY_INDEX);
	deed_share_borrowed(&plan, &job.x, DEED_BY_INDEX);
	deed_share_borrowed(&plan, xs, DEED_BY_INDEX);
	return deed_parallel_for(NULL, &plan, add_part, &job);
}

static void clear_part(struct deed_part *part, void *context)
{
	const deed_f32_inout mine = deed_part_inout(part, (deed_f32 *)context);

	for (size_t i = 0; i < deed_len(mine); i++)
		deed_at(mine, i) = 0;
}

int main(void)
{
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;
	struct deed_plan plan;
	int err;

	if (deed_new_zeroed(&xs, 8))
		return 1;
	if (deed_new_zeroed(&ys, 8)) {
		deed_drop(&xs);
		return 1;
	}
	deed_plan_chunks(&plan, 8, 4);
	deed_share_inout(&plan, &ys, DEED_BY_INDEX);
	err = deed_parallel_for(NULL, &plan, clear_part, &ys);
	if (!err)
		err = add(&ys, &xs);
	deed_drop(&ys);
	deed_drop(&xs);
	return err;
}
