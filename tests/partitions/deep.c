/* SPDX-License-Identifier: MIT
 *
 * tests/partitions/deep.c - parts of parts, and work in the background.
 */
#include "partition.h"

/* The pool that the parts inside use, too. */
struct deep {
	struct job job;
	struct deed_pool *pool;
	size_t shift;
};

static void add_to_mine(struct deed_part *part, void *context)
{
	const deed_i32_inout *const outer = context;

	add_to_all(deed_part_inout(part, outer), 1);
}

/* Both outer parts share all of the owner out. */
static void share_the_owner(struct deed_part *part, void *context)
{
	const struct deep *const deep = context;
	struct deed_plan plan = cut(N, EACH);
	DEED_INOUT(v, deep->job.xs);

	(void)part;
	deed_share_inout(&plan, &v, DEED_BY_INDEX);
	run_plan(deep->pool, &plan, add_to_mine, (void *)(uintptr_t)&v);
}

RACY(owner_shared_out_by_two_parts)
{
	OWNER(xs, N);
	struct deep deep = { .job = { .xs = &xs }, .pool = pool };

	run(pool, cut(2, 1), share_the_owner, &deep);
	deed_drop(&xs);
}

/* Part i of part j takes element 4 * j + i: one too far, where i is 4. */
static void take_one(struct deed_part *part, void *context)
{
	const struct deep *const deep = context;
	const size_t at = deep->shift + part->index;
	DEED_INOUT_PART(x, deep->job.xs, at, at + 1);

	deed_at(x, 0) += 1;
}

static void five_of_four(struct deed_part *part, void *context)
{
	struct deep mine = *(const struct deep *)context;

	mine.shift = 4 * part->index;
	run(mine.pool, cut(5, 1), take_one, &mine);
}

RACY(inner_parts_reach_into_the_next_outer_one)
{
	OWNER(xs, N);
	struct deep deep = { .job = { .xs = &xs }, .pool = pool };

	run(pool, cut(4, 1), five_of_four, &deep);
	deed_drop(&xs);
}

/* One outer part shares elements out to parts inside; another reads one of them. */
static void share_or_read(struct deed_part *part, void *context)
{
	const struct deep *const deep = context;

	if (part->index == 1) {
		DEED_INOUT_PART(v, deep->job.xs, 0, 8);
		struct deed_plan plan = cut(8, 2);

		deed_share_inout(&plan, &v, DEED_BY_INDEX);
		run_plan(deep->pool, &plan, add_to_mine, (void *)(uintptr_t)&v);
	} else if (part->index == 3) {
		DEED_BORROWED_PART(r, deep->job.xs, 7, 9);
		CHECK(deed_at(r, 1) == 0);
	}
}

RACY(shared_out_inside_and_read_outside)
{
	OWNER(xs, N);
	struct deep deep = { .job = { .xs = &xs }, .pool = pool };

	run(pool, cut(4, 1), share_or_read, &deep);
	deed_drop(&xs);
}

static void write_outers(struct deed_part *part, void *context)
{
	const deed_i32_inout *const outer = context;

	deed_at(*outer, part->index) += 1;
}

static void lend_to_inner(struct deed_part *part, void *context)
{
	const struct deep *const deep = context;
	const deed_i32_inout mine = deed_part_inout(part, &deep->job.v);

	run(deep->pool, cut(2, 1), write_outers, (void *)(uintptr_t)&mine);
}

static void share_to_outer(struct deed_pool *pool, deed_part_fn fn)
{
	OWNER(xs, N);
	struct deep deep = { .job = { .xs = &xs }, .pool = pool };

	{
		DEED_INOUT(v, &xs);
		struct deed_plan plan = cut(N, N / 4);

		deep.job.v = v;
		deed_share_inout(&plan, &deep.job.v, DEED_BY_INDEX);
		run_plan(pool, &plan, fn, &deep);
	}
	deed_drop(&xs);
}

RACY(inner_parts_write_the_outers_view)
{
	share_to_outer(pool, lend_to_inner);
}

static void inner_halo(struct deed_part *part, void *context)
{
	const struct deep *const deep = context;
	const deed_i32_inout mine = deed_part_inout(part, &deep->job.v);
	struct deed_plan plan = cut(N / 4, 4);

	deed_share_inout(&plan, &mine, deed_by_halo(0, 1));
	run_plan(deep->pool, &plan, add_to_mine, (void *)(uintptr_t)&mine);
}

RACY(inner_halo_written)
{
	share_to_outer(pool, inner_halo);
}

static int write_callers(void *owner, void *context)
{
	const struct job *const job = context;

	(void)owner;
	deed_at(job->v, 0) = 1;
	return 0;
}

static int lend_owner(void *owner, void *context)
{
	const struct job *const job = context;
	DEED_INOUT(v, job->xs);

	(void)owner;
	deed_at(v, 0) = 1;
	return 0;
}

static int leave_loan(void *owner, void *context)
{
	deed_i32 *const ys = owner;
	const deed_i32_inout v = deed_inout(ys);

	(void)context;
	deed_at(v, 0) = 1;
	return 0;
}

/* Hands ys over to `fn`, while xs is lent, and waits. */
static void in_background(struct deed_pool *pool, deed_async_fn fn)
{
	OWNER(xs, N);
	OWNER(ys, N);
	struct job job = { .xs = &xs };
	struct deed_async async = DEED_ASYNC_EMPTY;

	{
		DEED_INOUT(v, &xs);

		job.v = v;
		CHECK(deed_async(pool, &async, fn, &ys, &job) == 0);
		CHECK(deed_await(&async, &ys) == 0);
	}
	deed_settle(&ys);
	deed_drop(&xs);
}

RACY(view_smuggled_into_the_background)
{
	in_background(pool, write_callers);
}

RACY(owner_lent_in_the_background_too)
{
	in_background(pool, lend_owner);
}

RACY(loan_left_in_the_background)
{
	in_background(pool, leave_loan);
}

static int add_in_background(void *owner, void *context)
{
	deed_i32 *const ys = owner;
	DEED_INOUT(v, ys);

	(void)context;
	add_to_all(v, 1);
	return 0;
}

RACY(used_while_in_the_background)
{
	OWNER(ys, N);
	struct deed_async async = DEED_ASYNC_EMPTY;

	CHECK(deed_async(pool, &async, add_in_background, &ys, NULL) == 0);
	CHECK(sum_of(&ys) == 0);
	CHECK(deed_await(&async, &ys) == 0);
	deed_drop(&ys);
}

/* What each part hands over, with something else to do: with the owners that all have, too. */
struct errand {
	struct deep *deep;
	size_t index;
	struct deed_async async;
	deed_i32 ys;
};

struct errands {
	struct deep deep;
	deed_async_fn fn, others; /* of part 0, and of the others; null: it borrows xs itself */
	bool is_left;		  /* awaited when all parts are over */
	struct errand all[PARTS];
};

static void begin_errand(struct errands *errands, size_t index, deed_async_fn fn)
{
	struct errand *const errand = &errands->all[index];

	errand->deep = &errands->deep;
	errand->index = index;
	CHECK(deed_new_zeroed(&errand->ys, EACH) == 0);
	CHECK(deed_async(errands->deep.pool, &errand->async, fn, &errand->ys, errand) == 0);
}

static void await_errand(struct errand *errand)
{
	CHECK(deed_await(&errand->async, &errand->ys) == 0);
	deed_settle(&errand->ys);
}

static void run_errand(struct deed_part *part, void *context)
{
	struct errands *const errands = context;
	const deed_async_fn fn = part->index ? errands->others : errands->fn;

	if (!fn) {
		CHECK(sum_of(errands->deep.job.xs) >= 0);
		return;
	}
	begin_errand(errands, part->index, fn);
	if (!errands->is_left)
		await_errand(&errands->all[part->index]);
}

static void run_errands(struct deed_pool *pool, struct errands errands)
{
	OWNER(xs, N);
	struct errands here = errands;

	here.deep.job.xs = &xs;
	here.deep.pool = pool;
	run(pool, cut(PARTS, 1), run_errand, &here);
	for (size_t i = 0; here.is_left && i < PARTS; i++)
		await_errand(&here.all[i]);
	deed_settle(&xs);
}

static int add_to_total(void *owner, void *context)
{
	const struct errand *const errand = context;
	DEED_INOUT_PART(v, errand->deep->job.xs, 0, 1);

	deed_at(v, 0) += sum_of(owner);
	return 0;
}

static int read_behind(void *owner, void *context)
{
	const struct errand *const errand = context;

	CHECK(sum_of(owner) == 0);
	CHECK(sum_of(errand->deep->job.xs) >= 0);
	return 0;
}

static int drop_behind(void *owner, void *context)
{
	const struct errand *const errand = context;

	(void)owner;
	deed_drop(errand->deep->job.xs);
	return 0;
}

/* Parts of its own: each takes the element behind that of the one before. */
static int parts_behind(void *owner, void *context)
{
	const struct errand *const errand = context;
	struct deep mine = *errand->deep;

	(void)owner;
	mine.shift = 4 * errand->index;
	run(mine.pool, cut(5, 1), take_one, &mine);
	return 0;
}

static int own_elements(void *owner, void *context)
{
	const struct errand *const errand = context;
	struct deep mine = *errand->deep;

	mine.shift = EACH * errand->index;
	run(mine.pool, cut(EACH, 1), take_one, &mine);
	{
		DEED_INOUT(v, (deed_i32 *)owner);
		DEED_BORROWED_PART(r, mine.job.xs, mine.shift, mine.shift + EACH);

		deed_copy(v, r);
	}
	return 0;
}

RACY(total_added_to_behind_the_parts)
{
	run_errands(pool, (struct errands){ .fn = add_to_total, .others = add_to_total });
}

RACY(total_added_to_when_the_parts_are_over)
{
	run_errands(pool, (struct errands){
				  .fn = add_to_total, .others = add_to_total, .is_left = true });
}

RACY(written_behind_one_part_and_read_by_others)
{
	run_errands(pool, (struct errands){ .fn = add_to_total });
}

RACY(dropped_behind_one_part_and_read_behind_others)
{
	run_errands(pool, (struct errands){ .fn = drop_behind, .others = read_behind });
}

RACY(parts_behind_a_part_meet_the_next_one)
{
	run_errands(pool, (struct errands){ .fn = parts_behind, .others = parts_behind });
}

/* ---- clean ---------------------------------------------------------------------------------- */

CLEAN(own_elements_behind_the_parts)
{
	run_errands(pool, (struct errands){ .fn = own_elements, .others = own_elements });
	run_errands(pool, (struct errands){
				  .fn = own_elements, .others = own_elements, .is_left = true });
}

CLEAN(all_read_behind_the_parts)
{
	run_errands(pool, (struct errands){ .others = read_behind });
	run_errands(pool,
		    (struct errands){ .fn = read_behind, .others = read_behind, .is_left = true });
}

static int change_it(void *owner, void *context)
{
	(void)context;
	CHECK(deed_resize((deed_i32 *)owner, N) == 0);
	return add_in_background(owner, NULL);
}

static void relay(struct deed_part *part, void *context)
{
	struct errands *const errands = context;
	struct job *const job = &errands->deep.job;

	pthread_mutex_lock(&job->lock);
	if (job->is_kept)
		await_errand(&errands->all[0]);
	begin_errand(errands, 0, change_it);
	job->is_kept = true;
	pthread_mutex_unlock(&job->lock);
	(void)part;
}

CLEAN(begun_by_one_and_awaited_by_another)
{
	struct errands errands = { .deep.pool = pool };

	pthread_mutex_init(&errands.deep.job.lock, NULL);
	run(pool, cut(PARTS, 1), relay, &errands);
	await_errand(&errands.all[0]);
	pthread_mutex_destroy(&errands.deep.job.lock);
}

static void share_on(struct deed_part *part, void *context)
{
	const struct deep *const deep = context;
	const deed_i32_inout mine = deed_part_inout(part, &deep->job.v);
	struct deed_plan plan = cut(deed_len(mine), 4);

	deed_share_inout(&plan, &mine, DEED_BY_INDEX);
	run_plan(deep->pool, &plan, add_to_mine, (void *)(uintptr_t)&mine);
	add_to_all(mine, 1);
}

CLEAN(part_of_a_part)
{
	share_to_outer(pool, share_on);
}

static void four_of_four(struct deed_part *part, void *context)
{
	struct deep mine = *(const struct deep *)context;

	mine.shift = 4 * part->index;
	run(mine.pool, cut(4, 1), take_one, &mine);
	run(mine.pool, cut(2, 1), take_one, &mine);
}

CLEAN(inner_parts_apart)
{
	OWNER(xs, N);
	struct deep deep = { .job = { .xs = &xs }, .pool = pool };

	run(pool, cut(4, 1), four_of_four, &deep);
	CHECK(sum_of(&xs) == 24);
	deed_drop(&xs);
}

/* Sorts by halves: each half is a part that is cut in two again. */
static void halve(struct deed_part *part, void *context)
{
	const struct deep *const outer = context;
	const deed_i32_inout mine = deed_part_inout(part, &outer->job.v);
	struct deep inner = { .job = { .v = mine }, .pool = outer->pool };
	struct deed_plan plan = cut(deed_len(mine), (deed_len(mine) + 1) / 2);

	if (deed_len(mine) < 2) {
		add_to_all(mine, 1);
		return;
	}
	deed_share_inout(&plan, &inner.job.v, DEED_BY_INDEX);
	run_plan(outer->pool, &plan, halve, &inner);
}

CLEAN(halves_of_halves)
{
	OWNER(xs, 16);
	struct deep deep = { .pool = pool };

	{
		DEED_INOUT(v, &xs);
		struct deed_plan plan = cut(16, 16);

		deep.job.v = v;
		deed_share_inout(&plan, &deep.job.v, DEED_BY_INDEX);
		run_plan(pool, &plan, halve, &deep);
	}
	CHECK(sum_of(&xs) == 16);
	deed_drop(&xs);
}

/* Of a cube the planes are the outer parts, and tiles of a plane the inner ones. */
static void add_to_tile(struct deed_part *part, void *context)
{
	const deed_i32_inout *const plane = context;
	const deed_i32_tile_inout tile = deed_part_tile_inout(part, plane);

	for (size_t y = 0; y < deed_tile_rows(tile); y++)
		add_to_all(deed_tile_row(tile, y), 1);
}

static void cut_plane(struct deed_part *part, void *context)
{
	const struct deep *const deep = context;
	const deed_i32_inout plane = deed_part_inout(part, &deep->job.v);
	struct deed_plan plan = cut_tiles(4, 4, 2, 3);

	deed_plan_dynamic(&plan);
	deed_share_inout(&plan, &plane, deed_by_tile(4));
	run_plan(deep->pool, &plan, add_to_tile, (void *)(uintptr_t)&plane);
}

CLEAN(tiles_of_planes)
{
	OWNER(xs, N);
	struct deep deep = { .pool = pool };

	{
		DEED_INOUT(v, &xs);
		struct deed_plan plan = cut(4, 1);

		deep.job.v = v;
		deed_share_inout(&plan, &deep.job.v, deed_by_rows(16));
		run_plan(pool, &plan, cut_plane, &deep);
	}
	CHECK(sum_of(&xs) == N);
	deed_drop(&xs);
}

static int add_and_grow(void *owner, void *context)
{
	deed_i32 *const ys = owner;
	const deed_i32_borrowed *const r = context;
	{
		DEED_INOUT(v, ys);
		add_to_all(v, deed_at(*r, 3) + 1);
	}
	return deed_resize(ys, N / 2);
}

CLEAN(in_the_background)
{
	OWNER(xs, N);
	OWNER(ys, N);
	struct deed_async async = DEED_ASYNC_EMPTY;

	{
		DEED_BORROWED(r, &xs);

		CHECK(deed_async(pool, &async, add_and_grow, &ys, (void *)(uintptr_t)&r) == 0);
		CHECK(sum_of(&xs) == 0);
		CHECK(deed_await(&async, &ys) == 0);
	}
	CHECK(sum_of(&ys) == N / 2);
	deed_drop(&ys);
	deed_drop(&xs);
}

/* Each part has something done for it meanwhile. */
static void hand_over(struct deed_part *part, void *context)
{
	const struct deep *const deep = context;
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_i32 ys = DEED_EMPTY;

	CHECK(deed_new_zeroed(&ys, EACH) == 0);
	CHECK(deed_async(deep->pool, &async, add_in_background, &ys, NULL) == 0);
	{
		DEED_INOUT_PART(mine, deep->job.xs, part->lo, part->hi);

		add_to_all(mine, 1);
		CHECK(deed_await(&async, &ys) == 0);
		add_to_all(mine, sum_of(&ys));
	}
	deed_drop(&ys);
}

CLEAN(parts_that_hand_over)
{
	OWNER(xs, N);
	struct deep deep = { .job = { .xs = &xs }, .pool = pool };

	run(pool, cut(N, EACH), hand_over, &deep);
	CHECK(sum_of(&xs) == N * (1 + EACH));
	deed_drop(&xs);
}

static int run_inside(void *owner, void *context)
{
	struct deep *const deep = context;

	deep->job.xs = owner;
	deep->shift = 0;
	run(deep->pool, cut(4, 1), take_one, deep);
	return 0;
}

CLEAN(parts_in_the_background)
{
	OWNER(ys, N);
	struct deep deep = { .pool = pool };
	struct deed_async async = DEED_ASYNC_EMPTY;

	CHECK(deed_async(pool, &async, run_inside, &ys, &deep) == 0);
	CHECK(deed_await(&async, &ys) == 0);
	CHECK(sum_of(&ys) == 4);
	deed_drop(&ys);
}
