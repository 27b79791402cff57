/* SPDX-License-Identifier: MIT
 *
 * tests/partitions/owners.c - parts that drop, move, resize and clone; and memory of other kinds.
 */
#include "partition.h"

#include "deed/malloc.h"

static void one_drops(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	if (part->index == 4)
		deed_drop(job->xs);
	else
		(void)sum_of(job->xs); /* whatever that is, when the buffer goes meanwhile */
}

RACY(one_drops_and_others_read)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	run(pool, cut(N, EACH), one_drops, &job);
	deed_settle(&xs);
}

static void all_drop(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	(void)part;
	deed_drop(job->xs);
}

RACY(all_drop_it)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	run(pool, cut(N, EACH), all_drop, &job);
	deed_settle(&xs);
}

static void one_resizes(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	if (part->index == 4)
		(void)!deed_resize(job->xs, N / 2);
	else
		(void)sum_of(job->xs); /* whatever that is, when the buffer goes meanwhile */
}

RACY(one_resizes_and_others_read)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	run(pool, cut(N, EACH), one_resizes, &job);
	deed_settle(&xs);
}

static void one_moves(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	if (part->index == 4)
		deed_move(job->ys, job->xs);
	else
		(void)sum_of(job->xs); /* whatever that is, when the buffer goes meanwhile */
}

RACY(one_moves_and_others_read)
{
	OWNER(xs, N);
	deed_i32 ys = DEED_EMPTY;
	struct job job = { .xs = &xs, .ys = &ys };

	run(pool, cut(N, EACH), one_moves, &job);
	deed_settle(&xs);
	deed_settle(&ys);
}

static void one_clones(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	deed_i32 mine = DEED_EMPTY;

	if (part->index == 4) {
		DEED_INOUT(v, job->xs);
		add_to_all(v, 1);
	} else {
		(void)!deed_clone(&mine, job->xs); /* not made, where it is told of */
		deed_settle(&mine);
	}
}

RACY(one_writes_and_others_clone)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	run(pool, cut(N, EACH), one_clones, &job);
	deed_drop(&xs);
}

static void drop_while_lent(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	if (part->index == 4)
		deed_drop(job->xs);
}

RACY(dropped_under_the_caller)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	{
		DEED_BORROWED(r, &xs);
		run(pool, cut(N, EACH), drop_while_lent, &job);
		CHECK(deed_len(r) == N);
	}
	deed_settle(&xs);
}

/* An owner that some parts end or change, and others read, while it is shared out to be read. */
static void share_and_run_owner(struct deed_pool *pool, deed_part_fn fn)
{
	OWNER(xs, N);
	deed_i32 ys = DEED_EMPTY;
	struct job job = { .xs = &xs, .ys = &ys };
	struct deed_plan plan = cut(N, EACH);

	deed_share_borrowed(&plan, &xs, DEED_BY_INDEX);
	run_plan(pool, &plan, fn, &job);
	deed_settle(&xs);
	deed_settle(&ys);
}

RACY(dropped_while_it_is_shared_out)
{
	share_and_run_owner(pool, one_drops);
}

RACY(resized_while_it_is_shared_out)
{
	share_and_run_owner(pool, one_resizes);
}

RACY(moved_while_it_is_shared_out)
{
	share_and_run_owner(pool, one_moves);
}

static void drop_or_clone(struct deed_part *part, void *context)
{
	if (part->index == 4)
		all_drop(part, context);
	else
		one_clones(part, context);
}

RACY(dropped_and_cloned_while_it_is_shared_out)
{
	share_and_run_owner(pool, drop_or_clone);
}

static void lend_or_take(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	if (part->index == 2) {
		DEED_LEND(mine, job->raw + 3, 2);
		deed_at(mine, 0) = 1;
	} else if (part->index == 5) {
		DEED_INOUT_PART(mine, job->xs, 4, 6);
		deed_at(mine, 0) = 2;
	}
}

RACY(lent_by_address_and_by_owner)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	{
		DEED_INOUT(v, &xs);
		job.raw = deed_data(v);
	}
	run(pool, cut(N, EACH), lend_or_take, &job);
	deed_drop(&xs);
}

static void one_frees(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	if (part->index == 3) {
		deed_free(job->raw);
	} else {
		DEED_LEND_CONST(block, job->raw, 4);
		CHECK(deed_len(block) == 4);
	}
}

RACY(one_frees_and_others_read)
{
	struct job job = { .raw = deed_malloc(4 * sizeof *job.raw) };

	CHECK(job.raw != NULL);
	run(pool, cut(N, EACH), one_frees, &job);
}

static void carve_neighbours(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	const size_t lo = part->index ? part->lo - 1 : 0;
	DEED_INOUT_PART(mine, job->xs, lo, part->hi);

	add_to_all(mine, 1);
}

RACY(overlap_in_an_arena)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_i32 xs = DEED_EMPTY;
	struct job job = { .xs = &xs };

	CHECK(deed_new_in(&xs, &arena, N) == 0);
	run(pool, cut(N, EACH), carve_neighbours, &job);
	deed_arena_close(&arena);
}

#define POINT(FIELD) FIELD(int32_t, x) FIELD(int32_t, y) FIELD(double, weight)
DEED_SOA(points, POINT);

struct column_job {
	deed_i32_inout x;
	deed_i32_borrowed y;
};

static void add_columns(struct deed_part *part, void *context)
{
	const struct column_job *const job = context;
	const deed_i32_inout x = deed_part_inout(part, &job->x);
	const deed_i32_borrowed y = deed_part_borrowed(part, &job->y);

	for (size_t i = 0; i < EACH; i++)
		deed_at(x, i) += deed_at(y, i) + 1;
}

/* Shares two columns out, the one to be written by `rule`. */
static void share_columns(struct deed_pool *pool, points *ps, struct deed_rule rule)
{
	DEED_SOA_INOUT(x, ps, x);
	DEED_SOA_BORROWED(y, ps, y);
	struct column_job job = { x, y };
	struct deed_plan plan = cut(N, EACH);

	deed_share_inout(&plan, &job.x, rule);
	deed_share_borrowed(&plan, &job.y, DEED_BY_INDEX);
	run_plan(pool, &plan, add_columns, &job);
}

RACY(rows_of_columns_that_overlap)
{
	points ps = DEED_EMPTY;

	CHECK(deed_soa_new_zeroed(&ps, N) == 0);
	share_columns(pool, &ps, deed_by_halo(0, 1));
	deed_soa_drop(&ps);
}

static void column_and_row(struct deed_part *part, void *context)
{
	points *const ps = context;

	if (part->index == 1) {
		DEED_SOA_INOUT(y, ps, y);
		add_to_all(y, 1);
	} else if (part->index == 6) {
		CHECK(deed_soa_get(ps, 5).x == 0);
	}
}

RACY(a_column_and_a_row)
{
	points ps = DEED_EMPTY;

	CHECK(deed_soa_new_zeroed(&ps, N) == 0);
	run(pool, cut(N, EACH), column_and_row, &ps);
	deed_soa_drop(&ps);
}

static void set_or_get_row(struct deed_part *part, void *context)
{
	points *const ps = context;

	if (part->index % 2)
		deed_soa_set(ps, 3, { .x = (int)part->index });
	else
		CHECK(deed_soa_get(ps, 3).x == 0);
}

RACY(row_written_while_a_column_is_shared_out)
{
	points ps = DEED_EMPTY;

	CHECK(deed_soa_new_zeroed(&ps, N) == 0);
	{
		DEED_SOA_BORROWED(y, &ps, y);
		struct deed_plan plan = cut(N, EACH);

		deed_share_borrowed(&plan, &y, DEED_BY_INDEX);
		run_plan(pool, &plan, set_or_get_row, &ps);
	}
	deed_soa_drop(&ps);
}

/* ---- clean ---------------------------------------------------------------------------------- */

static void all_of_its_own(struct deed_part *part, void *unused)
{
	deed_i32 xs = DEED_EMPTY, ys = DEED_EMPTY;

	(void)unused;
	CHECK(deed_new_zeroed(&xs, N) == 0);
	{
		DEED_INOUT(v, &xs);
		add_to_all(v, (int)part->index);
	}
	CHECK(deed_resize(&xs, 2 * N) == 0);
	CHECK(deed_clone(&ys, &xs) == 0);
	deed_swap(&xs, &ys);
	deed_drop(&xs);
	deed_move(&xs, &ys);
	{
		DEED_BORROWED_PART(r, &xs, 0, N);
		CHECK(deed_at(r, N - 1) == (int)part->index);
	}
	deed_drop(&xs);
}

CLEAN(buffers_of_its_own)
{
	run(pool, cut(PARTS, 1), all_of_its_own, NULL);
}

static void make_one(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	deed_i32 mine = DEED_EMPTY;

	CHECK(deed_new_zeroed(&mine, part->index + 1) == 0);
	{
		DEED_INOUT(v, &mine);
		add_to_all(v, 1);
	}
	deed_move(&job->all[part->index], &mine);
}

static void grow_one(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	deed_i32 *const mine = &job->all[part->index];

	CHECK(sum_of(mine) == (int)part->index + 1);
	CHECK(deed_resize(mine, N) == 0);
	if (part->index % 2)
		deed_drop(mine);
}

CLEAN(made_by_one_and_ended_by_another)
{
	deed_i32 all[PARTS] = { 0 };
	struct job job = { .all = all };

	run(pool, cut(PARTS, 1), make_one, &job);
	run(pool, cut(PARTS, 1), grow_one, &job);
	for (size_t i = 0; i < PARTS; i++)
		deed_settle(&all[i]);
}

/* An owner that goes from hand to hand: each takes it out of the box, works, and puts it back. */
static void take_and_put_back(struct deed_part *part, void *context)
{
	struct job *const job = context;
	deed_i32 mine = DEED_EMPTY;

	(void)part;
	pthread_mutex_lock(&job->lock);
	deed_move(&mine, job->xs);
	{
		DEED_INOUT(v, &mine);
		add_to_all(v, 1);
	}
	deed_move(job->xs, &mine);
	pthread_mutex_unlock(&job->lock);
}

CLEAN(handed_from_part_to_part)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs, .lock = PTHREAD_MUTEX_INITIALIZER };

	run(pool, cut(N, EACH), take_and_put_back, &job);
	CHECK(sum_of(&xs) == N * PARTS);
	deed_drop(&xs);
}

static void clone_and_add(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	deed_i32 mine = DEED_EMPTY;

	CHECK(deed_clone(&mine, job->xs) == 0);
	{
		DEED_INOUT(v, &mine);
		add_to_all(v, (int)part->index);
	}
	deed_drop(&mine);
}

CLEAN(all_clone)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	run(pool, cut(N, EACH), clone_and_add, &job);
	deed_drop(&xs);
}

static void one_column_each(struct deed_part *part, void *context)
{
	points *const ps = context;

	if (part->index) {
		DEED_SOA_INOUT(y, ps, y);
		add_to_all(y, 1);
	} else {
		DEED_SOA_INOUT(x, ps, x);
		add_to_all(x, 1);
	}
}

CLEAN(columns)
{
	points ps = DEED_EMPTY;

	CHECK(deed_soa_new_zeroed(&ps, N) == 0);
	run(pool, cut(2, 1), one_column_each, &ps);
	share_columns(pool, &ps, DEED_BY_INDEX);
	CHECK(deed_soa_get(&ps, N - 1).x == 3);
	deed_soa_drop(&ps);
}

static void use_scratch(struct deed_part *part, void *unused)
{
	struct deed_arena *const scratch = deed_part_scratch(part);
	deed_i32 xs = DEED_EMPTY, ys = DEED_EMPTY;
	DEED_SCRATCH(mine);

	(void)unused;
	CHECK(scratch && deed_new_in(&xs, scratch, N) == 0);
	CHECK(deed_new_in(&ys, mine, N) == 0);
	{
		DEED_INOUT(x, &xs);
		DEED_INOUT(y, &ys);

		deed_fill(x, (int)part->index);
		deed_copy(y, deed_reading(x));
		CHECK(deed_at(y, N - 1) == (int)part->index);
	}
}

CLEAN(scratch)
{
	run(pool, cut(PARTS, 1), use_scratch, NULL);
}

static void carve_own(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_i32 ys = DEED_EMPTY;

	CHECK(deed_new_in(&ys, &arena, EACH) == 0);
	{
		DEED_INOUT_PART(mine, job->xs, part->lo, part->hi);
		DEED_INOUT(y, &ys);

		deed_fill(y, 1);
		deed_copy(mine, deed_reading(y));
	}
	deed_arena_close(&arena);
}

CLEAN(arenas)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_i32 xs = DEED_EMPTY;
	struct job job = { .xs = &xs };

	CHECK(deed_new_in(&xs, &arena, N) == 0);
	run(pool, cut(N, EACH), carve_own, &job);
	CHECK(sum_of(&xs) == N);
	deed_arena_close(&arena);
}
