/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_share.c (C, C++) - buffers shared out to parts: of owners,
 * views and columns, by every rule, as expressions that are evaluated once.
 */
#include "deed.h"
#include "deed/pool.h"
#include "deed/share.h"
#include "deed/soa.h"

#define SHARED_POINT(FIELD) FIELD(float, x) FIELD(int32_t, n)
DEED_SOA(shared_points, SHARED_POINT);

struct shared_job {
	deed_f32_inout y;
	deed_f32_borrowed x;
	const deed_f32 *constant;
	size_t seen;
};

static struct deed_range shared_call(const struct deed_part *part, void *context)
{
	const struct deed_range range = { part->lo, part->hi + *(const size_t *)context };

	return range;
}

static void shared_part(struct deed_part *part, void *context)
{
	struct shared_job *const job = (struct shared_job *)context;
	const struct shared_job *const same = job;
	const deed_f32_inout y = deed_part_inout(part, &job->y);
	const deed_f32_borrowed read = deed_part_borrowed(part, &same->y);
	const deed_f32_borrowed x = deed_part_borrowed(part, &same->x);
	const deed_f32_borrowed constant = deed_part_borrowed(part, same->constant);

	for (size_t i = 0; i < deed_len(y); i++)
		deed_at(y, i) = deed_at(x, i) + deed_at(constant, i) + deed_at(read, i);
	job->seen += deed_len(y);
}

static void shared_tile(struct deed_part *part, void *context)
{
	struct shared_job *const job = (struct shared_job *)context;
	const deed_f32_tile_inout y = deed_part_tile_inout(part, &job->y);
	const deed_f32_tile_borrowed x = deed_part_tile_borrowed(part, &job->y);

	job->seen += deed_tile_rows(y) * deed_tile_width(x);
}

static struct deed_plan *plan_once(struct deed_plan *plan, int *calls)
{
	++*calls;
	return plan;
}

int main(void)
{
	const size_t edges[] = { 0, 3, 3, 10 };
	size_t more = 0;
	int calls = 0;
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;
	shared_points ps = DEED_EMPTY;
	struct deed_plan plan;
	struct shared_job job;

	if (deed_new_zeroed(&xs, 10) || deed_new_zeroed(&ys, 10) || deed_soa_new(&ps, 10))
		return 1;
	{
		DEED_BORROWED(x, &xs);
		DEED_INOUT(y, &ys);
		DEED_SOA_INOUT(column, &ps, x);

		job.x = x;
		job.y = y;
		job.constant = &xs;
		job.seen = 0;
		deed_plan_parts(&plan, 10, 3);
		deed_share_inout(plan_once(&plan, &calls), &job.y, DEED_BY_INDEX);
		deed_share_borrowed(&plan, &job.x, deed_by_rows(1));
		deed_share_borrowed(&plan, job.constant, DEED_BY_INDEX);
		deed_share_inout(&plan, &column, deed_by_edges(edges));
		if (deed_parallel_for(NULL, &plan, shared_part, &job) || calls != 1)
			return 2;
		deed_share_inout(&plan, &job.y, DEED_BY_INDEX);
		deed_unshare(plan_once(&plan, &calls));
		if (calls != 2)
			return 6;
		deed_plan_tiles(&plan, 2, 5, 1, 2);
		deed_plan_dynamic(&plan);
		deed_share_inout(&plan, &job.y, deed_by_tile(5));
		deed_share_borrowed(&plan, &job.x, deed_covering(deed_by_part(1)));
		if (deed_parallel_for(NULL, &plan, shared_tile, &job) != 0)
			return 3;
		deed_plan_chunks(&plan, 10, 5);
		deed_share_borrowed(&plan, &job.x, deed_by_halo(1, 1));
		deed_share_inout(&plan, &job.y, deed_by_call(shared_call, &more));
		if (deed_plan_part(&plan, 1).lo != 5 || job.seen != 20)
			return 4;
		plan.parts = 0;
		if (deed_parallel_for(NULL, &plan, shared_part, &job))
			return 5;
	}
	deed_soa_drop(&ps);
	deed_drop(&xs);
	deed_drop(&ys);
	return 0;
}
