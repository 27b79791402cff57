/* SPDX-License-Identifier: MIT
 *
 * tests/partitions/totals.c - parts that add up: to one place, and to places of their own.
 */
#include "partition.h"

static int work_of(const struct deed_part *part)
{
	return (int)(part->hi - part->lo);
}

static void add_to_owner(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	DEED_INOUT(total, job->xs);

	deed_at(total, 0) += work_of(part);
}

RACY(shared_total)
{
	OWNER(xs, 1);
	struct job job = { .xs = &xs };

	run(pool, cut(N, EACH), add_to_owner, &job);
	deed_drop(&xs);
}

RACY(shared_total_of_a_dynamic_plan)
{
	OWNER(xs, 1);
	struct job job = { .xs = &xs };
	struct deed_plan plan = cut(N, EACH);

	deed_plan_dynamic(&plan);
	run_plan(pool, &plan, add_to_owner, &job);
	deed_drop(&xs);
}

static void add_to_view(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	deed_at(job->v, 0) += work_of(part);
}

RACY(callers_view)
{
	OWNER(xs, 1);
	struct job job = { .xs = &xs };

	job.v = deed_inout(&xs);
	run(pool, cut(N, EACH), add_to_view, &job);
	deed_end(&xs, &job.v);
	deed_drop(&xs);
}

static void add_to_slice(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	add_to_all(deed_slice(job->v, part->lo, part->hi), 1);
}

/* The slices are apart, but they are all the caller's loan. */
RACY(slices_of_callers_view)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	job.v = deed_inout(&xs);
	run(pool, cut(N, EACH), add_to_slice, &job);
	deed_end(&xs, &job.v);
	deed_drop(&xs);
}

static void add_to_lent(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	DEED_LEND(total, job->raw, 1);

	deed_at(total, 0) += work_of(part);
}

RACY(shared_total_lent_by_address)
{
	int total = 0;
	struct job job = { .raw = &total };

	run(pool, cut(N, EACH), add_to_lent, &job);
}

static void one_writes(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	if (part->index == 3) {
		DEED_INOUT(total, job->xs);
		deed_at(total, 0) = 1;
	} else {
		CHECK(sum_of(job->xs) <= 1);
	}
}

RACY(one_writes_and_others_read)
{
	OWNER(xs, 1);
	struct job job = { .xs = &xs };

	run(pool, cut(N, EACH), one_writes, &job);
	deed_drop(&xs);
}

/* The same value, at different times: the schedule is luck. */
static void write_zero(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	if (part->index == 2 || part->index == 5) {
		DEED_INOUT_PART(x, job->xs, 7, 8);
		deed_at(x, 0) = 0;
	}
}

RACY(two_write_the_same_value)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	run(pool, cut(N, EACH), write_zero, &job);
	deed_drop(&xs);
}

/* One place per worker, and more parts than workers: two parts meet there, if not at one time. */
static void add_to_workers(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	DEED_INOUT_PART(mine, job->xs, part->worker, part->worker + 1);

	deed_at(mine, 0) += work_of(part);
}

RACY(total_per_worker)
{
	OWNER(xs, PARTS);
	struct job job = { .xs = &xs };

	run(pool, cut(2 * N, EACH), add_to_workers, &job);
	deed_drop(&xs);
}

static void add_and_look(struct deed_part *part, void *partial, void *context)
{
	const struct job *const job = context;

	*(int *)partial += work_of(part);
	add_to_owner(part, (void *)(uintptr_t)job);
}

static void merge(void *into, const void *from, void *unused)
{
	(void)unused;
	*(int *)into += *(const int *)from;
}

RACY(reduce_with_a_total_beside)
{
	OWNER(xs, 1);
	struct job job = { .xs = &xs };
	struct deed_plan plan = cut(N, EACH);
	int total = 0;

	CHECK(deed_reduce(pool, &plan, add_and_look, merge, &job, &total, sizeof total) == 0);
	deed_drop(&xs);
}

/* ---- clean ---------------------------------------------------------------------------------- */

static void add_to_slot(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	const deed_i32_inout slot = deed_part_inout(part, &job->v);

	deed_at(slot, 0) += work_of(part);
}

CLEAN(slot_per_part)
{
	OWNER(xs, PARTS);
	struct job job = { .xs = &xs };

	{
		DEED_INOUT(v, &xs);
		struct deed_plan plan = cut(N, EACH);

		job.v = v;
		deed_share_inout(&plan, &job.v, deed_by_part(1));
		run_plan(pool, &plan, add_to_slot, &job);
	}
	CHECK(sum_of(&xs) == N);
	deed_drop(&xs);
}

static void add_to_own_part(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	DEED_INOUT_PART(slot, job->xs, part->index, part->index + 1);

	deed_at(slot, 0) += work_of(part);
}

CLEAN(slot_per_part_of_the_owner)
{
	OWNER(xs, PARTS);
	struct job job = { .xs = &xs };
	struct deed_plan plan = cut(N, EACH);

	deed_plan_dynamic(&plan);
	run_plan(pool, &plan, add_to_own_part, &job);
	CHECK(sum_of(&xs) == N);
	deed_drop(&xs);
}

static void lend_own_part(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	DEED_LEND(slot, job->raw + part->index, 1);

	deed_at(slot, 0) += work_of(part);
}

CLEAN(slot_per_part_lent_by_address)
{
	int totals[PARTS] = { 0 };
	struct job job = { .raw = totals };

	run(pool, cut(N, EACH), lend_own_part, &job);
	for (int i = 0; i < PARTS; i++)
		CHECK(totals[i] == EACH);
}

static void read_all(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	int sum = 0;

	for (size_t i = part->lo; i < deed_len(job->r); i++)
		sum += deed_at(job->r, i);
	CHECK(sum == N - (int)part->lo);
	CHECK(sum_of(job->xs) == N);
}

CLEAN(all_read)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	{
		DEED_INOUT(v, &xs);
		add_to_all(v, 1);
	}
	{
		DEED_BORROWED(r, &xs);
		job.r = r;
		run(pool, cut(N, EACH), read_all, &job);
	}
	deed_drop(&xs);
}

static void read_callers_inout(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	CHECK(deed_at(deed_reading(job->v), part->lo) == 0);
}

CLEAN(all_read_callers_view)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	{
		DEED_INOUT(v, &xs);
		job.v = v;
		run(pool, cut(N, EACH), read_callers_inout, &job);
		add_to_all(v, 1);
	}
	deed_drop(&xs);
}

/* Two regions, one after the other: what parts of the first wrote others of the second may. */
CLEAN(one_after_the_other)
{
	OWNER(xs, PARTS);
	struct job job = { .xs = &xs };

	run(pool, cut(PARTS, 1), add_to_own_part, &job);
	run(pool, cut(1, 1), add_to_owner, &job);
	run(pool, cut(PARTS, 2), add_to_own_part, &job);
	{
		DEED_INOUT(v, &xs);
		add_to_all(v, 1);
	}
	CHECK(sum_of(&xs) == PARTS + 1 + PARTS + PARTS);
	deed_drop(&xs);
}

static void add_to_partial(struct deed_part *part, void *partial, void *context)
{
	const struct job *const job = context;
	const deed_i32_borrowed xs = deed_part_borrowed(part, &job->r);

	for (size_t i = 0; i < deed_len(xs); i++)
		*(int *)partial += deed_at(xs, i) + 1;
}

CLEAN(reduced)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };
	int total = 0;

	{
		DEED_BORROWED(r, &xs);
		struct deed_plan plan = cut(N, 5);

		job.r = r;
		deed_share_borrowed(&plan, &job.r, DEED_BY_INDEX);
		CHECK(deed_reduce(pool, &plan, add_to_partial, merge, &job, &total, sizeof total) ==
		      0);
	}
	CHECK(total == N);
	deed_drop(&xs);
}
