/* SPDX-License-Identifier: MIT
 *
 * lib/pool.c - threads, and parts.
 */
#include "deed/pool.h"

#include "backend.h"
#include "base.h"
#include "pool.h"
#include "trap/task.h"

struct deed_pool {
	unsigned workers;
};

struct deed_job {
	struct deed_scratch scratch;
	struct deed_arena *arena;
	int err;
	int is_cancelled;
};

DEED_EXPORT int deed_pool_new(struct deed_pool **ret, unsigned workers)
{
	struct deed_pool *const pool = deed_backend_alloc(sizeof *pool, 64, false);

	if (!pool)
		return -ENOMEM;
	pool->workers = workers;
	*ret = pool;
	return 0;
}

DEED_EXPORT int deed_pool_free(struct deed_pool **pool)
{
	deed_backend_free(*pool, sizeof **pool, 64);
	*pool = NULL;
	return 0;
}

DEED_EXPORT unsigned deed_pool_workers(const struct deed_pool *pool)
{
	return pool ? 1 : 1;
}

DEED_EXPORT int deed_parallel_for_(struct deed_pool *pool, struct deed_plan *plan, deed_part_fn fn,
				   void *context, const void *frame, const struct deed_site *at)
{
	struct deed_job job = { .err = 0 };
	struct deed_team team;
	int err = plan->err;

	(void)pool;
	if (DEED_TRAP)
		deed_team_begin(&team, plan, frame, at);
	for (size_t i = 0; !err && i < plan->parts && !job.is_cancelled; i++) {
		struct deed_part part = deed_plan_part(plan, i);
		struct deed_task task;

		part.job = &job;
		if (DEED_TRAP)
			deed_task_begin(&task, &team, &part, at);
		fn(&part, context);
		if (DEED_TRAP)
			deed_task_end(&task, frame);
	}
	if (DEED_TRAP)
		deed_team_end(&team);
	plan->share_count = 0;
	return err ? err : job.err;
}

DEED_EXPORT void deed_part_cancel(struct deed_part *part, int err)
{
	part->job->err = err;
	part->job->is_cancelled = 1;
}

DEED_EXPORT int deed_part_is_cancelled(const struct deed_part *part)
{
	return part->job->is_cancelled;
}

DEED_EXPORT struct deed_arena *deed_part_scratch(struct deed_part *part)
{
	(void)part;
	return NULL;
}

/* ---- work that is no part ------------------------------------------------------------------- */

enum { WORK_FRESH, WORK_POSTED, WORK_BEGUN, WORK_DONE };

int deed_pool_post(struct deed_pool *pool, struct deed_work *work)
{
	(void)pool;
	work->state = WORK_POSTED;
	return 0;
}

bool deed_pool_take_back(struct deed_pool *pool, struct deed_work *work)
{
	(void)pool;
	if (work->state != WORK_POSTED)
		return false;
	work->state = WORK_FRESH;
	return true;
}

int deed_pool_await(struct deed_pool *pool, struct deed_work *work)
{
	(void)pool;
	return work->state == WORK_DONE ? 0 : -ESRCH;
}

bool deed_work_is_done(const struct deed_work *work)
{
	return work->state == WORK_DONE;
}
