/* SPDX-License-Identifier: MIT
 *
 * tests/partitions/views.c - views that are kept, handed on, mistaken, or not ended.
 */
#include "partition.h"

/* The first leaves its part for the others, who write to it instead of their own. */
static void keep_and_use(struct deed_part *part, void *context)
{
	struct job *const job = context;

	pthread_mutex_lock(&job->lock);
	if (job->is_kept)
		deed_at(job->w, 0) += 1;
	job->w = deed_part_inout(part, &job->v);
	job->is_kept = true;
	pthread_mutex_unlock(&job->lock);
}

static void share_and_run(struct deed_pool *pool, deed_part_fn fn)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs, .lock = PTHREAD_MUTEX_INITIALIZER };

	{
		DEED_INOUT(v, &xs);
		struct deed_plan plan = cut(N, EACH);

		job.v = v;
		deed_share_inout(&plan, &job.v, DEED_BY_INDEX);
		run_plan(pool, &plan, fn, &job);
	}
	deed_drop(&xs);
}

RACY(part_kept_for_another_task)
{
	share_and_run(pool, keep_and_use);
}

/* The one before may be at work still, or have ended. */
static void use_what_lives(struct deed_part *part, void *context)
{
	struct job *const job = context;
	const deed_i32_inout mine = deed_part_inout(part, &job->v);
	deed_i32_inout other;
	bool is_kept;

	pthread_mutex_lock(&job->lock);
	is_kept = job->is_kept;
	other = is_kept ? job->w : mine;
	job->w = mine;
	job->is_kept = true;
	pthread_mutex_unlock(&job->lock);
	CHECK(deed_at(deed_reading(other), 0) == 0);
}

RACY(part_read_by_another_task)
{
	share_and_run(pool, use_what_lives);
}

static void take_anothers(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	struct deed_part other = deed_plan_part(part->plan, (part->index + 1) % PARTS);

	other.job = part->job;
	add_to_all(deed_part_inout(&other, &job->v), 1);
}

RACY(part_of_another_task)
{
	share_and_run(pool, take_anothers);
}

static void use_the_whole(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	deed_at(job->v, part->lo) += 1;
}

RACY(the_whole_instead_of_the_part)
{
	share_and_run(pool, use_the_whole);
}

static void write_what_is_borrowed(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	DEED_INOUT_PART(mine, job->xs, part->lo, part->hi);

	add_to_all(mine, 1);
}

RACY(written_while_shared_out_to_be_read)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };
	struct deed_plan plan = cut(N, EACH);

	deed_share_borrowed(&plan, &xs, deed_by_halo(1, 1));
	run_plan(pool, &plan, write_what_is_borrowed, &job);
	deed_drop(&xs);
}

static void one_writes_elsewhere(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	if (part->index == 1) {
		DEED_INOUT_PART(other, job->xs, 40, 41);
		deed_at(other, 0) = 1;
	}
}

RACY(written_by_one_while_shared_out_to_be_read)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };
	struct deed_plan plan = cut(N, EACH);

	deed_share_borrowed(&plan, &xs, DEED_BY_INDEX);
	run_plan(pool, &plan, one_writes_elsewhere, &job);
	deed_drop(&xs);
}

/* What half of the parts ask for of an owner that who waits for all has lent to be read, or shared
 * out so. The others read it, which they may. */
static void lend_the_owner(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	if (part->index % 2) {
		DEED_INOUT(all, job->xs);
		add_to_all(all, 1);
	} else {
		(void)sum_of(job->xs);
	}
}

RACY(owner_lent_while_its_view_is_shared_out)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	{
		DEED_BORROWED(r, &xs);
		struct deed_plan plan = cut(N, EACH);

		job.r = r;
		deed_share_borrowed(&plan, &job.r, deed_by_halo(1, 1));
		run_plan(pool, &plan, lend_the_owner, &job);
	}
	deed_drop(&xs);
}

static void share_the_owner_and_run(struct deed_pool *pool, struct deed_plan plan,
				    struct deed_rule rule, deed_part_fn fn)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	{
		DEED_BORROWED(r, &xs);
		job.raw = (int *)(uintptr_t)deed_data(r);
	}
	deed_share_borrowed(&plan, &xs, rule);
	run_plan(pool, &plan, fn, &job);
	deed_drop(&xs);
}

RACY(owner_lent_while_it_is_shared_out)
{
	share_the_owner_and_run(pool, cut(N, EACH), DEED_BY_INDEX, lend_the_owner);
}

RACY(owner_lent_while_it_is_shared_out_in_tiles)
{
	share_the_owner_and_run(pool, cut_tiles(8, 7, 4, 4), deed_by_tile(8), lend_the_owner);
}

static void lend_bytes(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	if (part->index % 2) {
		DEED_LEND(all, job->raw, N);
		add_to_all(all, 1);
	} else {
		DEED_LEND_CONST(all, job->raw, N);
		CHECK(deed_len(all) == N);
	}
}

RACY(bytes_lent_while_their_owner_is_shared_out)
{
	share_the_owner_and_run(pool, cut(N, EACH), DEED_BY_INDEX, lend_bytes);
}

/* Of bytes of no buffer: a range that goes beyond what is lent. */
RACY(bytes_lent_while_some_of_them_are)
{
	static int bytes[N + 8];
	struct job job = { .raw = bytes };
	DEED_LEND_CONST(some, bytes + N - 8, 16);

	run(pool, cut(PARTS, 1), lend_bytes, &job);
	CHECK(deed_len(some) == 16);
}

static struct deed_range with_a_gap(const struct deed_part *part, void *unused)
{
	const struct deed_range range = { part->index * N / 2, part->index * N / 2 + 2 };

	(void)unused;
	return range;
}

static void nothing(struct deed_part *part, void *context)
{
	(void)part;
	(void)context;
}

static void share_the_owner(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	if (part->index % 2) {
		struct deed_plan plan = cut(2, 1);

		deed_share_inout(&plan, job->xs, deed_by_call(with_a_gap, NULL));
		run_plan(NULL, &plan, nothing, NULL);
	} else {
		(void)sum_of(job->xs);
	}
}

RACY(owner_shared_out_by_parts_while_it_is_lent)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	{
		DEED_BORROWED_PART(r, &xs, N / 2, N);

		run(pool, cut(PARTS, 1), share_the_owner, &job);
		CHECK(deed_len(r) == N / 2);
	}
	deed_drop(&xs);
}

static void inout_of_borrowed(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	add_to_all(deed_part_inout(part, &job->v), 1);
}

RACY(inout_of_what_is_borrowed)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	{
		DEED_INOUT(v, &xs);
		struct deed_plan plan = cut(N, EACH);

		job.v = v;
		deed_share_borrowed(&plan, &job.v, deed_by_halo(1, 1));
		run_plan(pool, &plan, inout_of_borrowed, &job);
	}
	deed_drop(&xs);
}

static void take_unshared(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	(void)deed_part_inout(part, &job->w);
}

RACY(not_shared_out)
{
	OWNER(xs, N);
	OWNER(ys, N);
	struct job job = { .xs = &xs };

	{
		DEED_INOUT(v, &xs);
		DEED_INOUT(w, &ys);
		struct deed_plan plan = cut(N, EACH);

		job.v = v;
		job.w = w;
		deed_share_inout(&plan, &job.v, DEED_BY_INDEX);
		run_plan(pool, &plan, take_unshared, &job);
	}
	deed_drop(&ys);
	deed_drop(&xs);
}

static void leave_a_loan(struct deed_part *part, void *context)
{
	struct job *const job = context;
	const deed_i32_inout mine = deed_inout_part(job->xs, part->lo, part->hi);

	add_to_all(mine, 1);
}

RACY(loan_that_outlives_its_task)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	run(pool, cut(N, EACH), leave_a_loan, &job);
	deed_settle(&xs);
}

/* A loan of one part is ended by the next. */
static void end_anothers(struct deed_part *part, void *context)
{
	struct job *const job = context;
	const deed_i32_inout mine = deed_inout_part(job->xs, part->lo, part->hi);

	pthread_mutex_lock(&job->lock);
	if (job->is_kept)
		deed_end(job->xs, &job->w);
	job->w = mine;
	job->is_kept = true;
	pthread_mutex_unlock(&job->lock);
}

RACY(loan_ended_by_another_task)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs, .lock = PTHREAD_MUTEX_INITIALIZER };

	run(pool, cut(N, EACH), end_anothers, &job);
	deed_settle(&xs);
}

static void end_callers(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	if (part->index == 2)
		deed_end(job->xs, &job->v);
}

RACY(callers_loan_ended)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	job.v = deed_inout(&xs);
	run(pool, cut(N, EACH), end_callers, &job);
	deed_end(&xs, &job.v);
	deed_settle(&xs);
}

static void lend_callers_on(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	DEED_INOUT_PART(mine, &job->v, part->lo, part->hi);

	add_to_all(mine, 1);
}

RACY(callers_view_lent_on)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	job.v = deed_inout(&xs);
	run(pool, cut(N, EACH), lend_callers_on, &job);
	deed_end(&xs, &job.v);
	deed_drop(&xs);
}

static void lend_callers_raw(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	DEED_LEND(mine, job->raw + part->lo, EACH);

	add_to_all(mine, 1);
}

/* The bytes of a view, by their address: a lend of what the caller holds. */
RACY(callers_bytes_lent_on)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	{
		DEED_INOUT(v, &xs);
		job.raw = deed_data(v);
		run(pool, cut(N, EACH), lend_callers_raw, &job);
	}
	deed_drop(&xs);
}

/* Scratch memory of one part in the hands of the next: it has ended, or it is another's. It is not
 * written: the arena is its worker's, who may carve from it next in another program only, which
 * would be told of the damage. */
static void keep_scratch(struct deed_part *part, void *context)
{
	struct job *const job = context;
	deed_i32 mine = DEED_EMPTY;

	pthread_mutex_lock(&job->lock);
	if (job->is_kept) {
		DEED_INOUT(v, job->xs);
		(void)v;
	} else {
		CHECK(deed_new_in(&mine, deed_part_scratch(part), N) == 0);
		{
			DEED_INOUT(v, &mine);
			deed_fill(v, 0);
		}
		memcpy(job->xs, &mine, sizeof mine);
		job->is_kept = true;
	}
	pthread_mutex_unlock(&job->lock);
}

RACY(scratch_of_another_task)
{
	deed_i32 xs = DEED_EMPTY;
	struct job job = { .xs = &xs, .lock = PTHREAD_MUTEX_INITIALIZER };

	run(pool, cut(N, EACH), keep_scratch, &job);
}

/* The arena itself, of the first part that comes. */
struct scratches {
	struct deed_pool *pool;
	pthread_mutex_t lock;
	struct deed_arena *kept, copy;
	bool is_copied;
};

static void carve(struct deed_arena *arena)
{
	deed_i32 ys = DEED_EMPTY;

	if (deed_new_in(&ys, arena, EACH) == 0) {
		DEED_INOUT(v, &ys);
		deed_fill(v, 1);
	}
}

/* Each has one, and so would have the same with one worker. */
static void carve_from_the_first(struct deed_part *part, void *context)
{
	struct scratches *const scratches = context;
	struct deed_arena *const mine = deed_part_scratch(part);

	carve(mine);
	pthread_mutex_lock(&scratches->lock);
	if (!scratches->kept) {
		scratches->kept = mine;
		scratches->copy = *mine;
	} else {
		carve(scratches->is_copied ? &scratches->copy : scratches->kept);
	}
	pthread_mutex_unlock(&scratches->lock);
}

RACY(scratch_arena_of_the_first_for_all)
{
	struct scratches scratches = { .lock = PTHREAD_MUTEX_INITIALIZER };

	run(pool, cut(PARTS, 1), carve_from_the_first, &scratches);
}

RACY(scratch_arena_of_the_first_copied)
{
	struct scratches scratches = { .lock = PTHREAD_MUTEX_INITIALIZER, .is_copied = true };

	run(pool, cut(PARTS, 1), carve_from_the_first, &scratches);
}

static void carve_inside(struct deed_part *part, void *context)
{
	struct scratches *const outer = context;

	(void)part;
	pthread_mutex_lock(&outer->lock);
	carve(outer->kept ? outer->kept : deed_part_scratch(part));
	pthread_mutex_unlock(&outer->lock);
}

static void lend_scratch_to_inner(struct deed_part *part, void *context)
{
	struct scratches mine = { .lock = PTHREAD_MUTEX_INITIALIZER,
				  .kept = deed_part_scratch(part) };

	run(((const struct scratches *)context)->pool, cut(2, 1), carve_inside, &mine);
}

RACY(scratch_arena_for_parts_inside)
{
	struct scratches scratches = { .pool = pool };

	run(pool, cut(2, 1), lend_scratch_to_inner, &scratches);
}

static int carve_behind(void *owner, void *arena)
{
	(void)owner;
	carve(arena);
	return 0;
}

static void lend_scratch_behind(struct deed_part *part, void *context)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	OWNER(ys, EACH);

	CHECK(deed_async(((const struct scratches *)context)->pool, &async, carve_behind, &ys,
			 deed_part_scratch(part)) == 0);
	CHECK(deed_await(&async, &ys) == 0);
	deed_drop(&ys);
}

RACY(scratch_arena_for_the_background)
{
	struct scratches scratches = { .pool = pool };

	run(pool, cut(2, 1), lend_scratch_behind, &scratches);
}

static void keep_arena(struct deed_part *part, void *context)
{
	struct scratches *const scratches = context;

	pthread_mutex_lock(&scratches->lock);
	scratches->kept = deed_part_scratch(part);
	pthread_mutex_unlock(&scratches->lock);
}

RACY(scratch_arena_when_the_parts_are_over)
{
	struct scratches scratches = { .lock = PTHREAD_MUTEX_INITIALIZER };

	run(pool, cut(PARTS, 1), keep_arena, &scratches);
	carve(scratches.kept);
}

/* ---- clean ---------------------------------------------------------------------------------- */

static void add_own(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	const deed_i32_inout mine = deed_part_inout(part, &job->v);

	for (size_t i = 0; i < deed_len(mine); i++)
		deed_at(mine, i) += (int)i;
}

CLEAN(part_of_its_own)
{
	share_and_run(pool, add_own);
}

static void read_own(struct deed_part *part, void *context)
{
	const struct job *const job = context;

	for (int i = 0; i < 3; i++)
		CHECK(deed_at(deed_part_borrowed(part, &job->v), EACH - 1) == 0);
	add_to_all(deed_part_inout(part, &job->v), 1);
	CHECK(deed_at(deed_part_borrowed(part, &job->v), 0) == 1);
}

CLEAN(part_read_and_written)
{
	share_and_run(pool, read_own);
}

/* Loans that end in the wrong order, a jump that is unwound, an empty one, and one lent on. */
static void many_loans(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	const size_t middle = part->lo + EACH / 2;
	deed_i32_inout left = deed_inout_part(job->xs, part->lo, middle);
	deed_i32_inout right = deed_inout_part(job->xs, middle, part->hi);
	const uint64_t mark = deed_loans_mark();
	const deed_i32_inout child = deed_reborrow(&right, 0, 1);
	const deed_i32_borrowed none = deed_borrow_part(job->xs, part->lo, part->lo);

	deed_at(child, 0) = 1;
	CHECK(deed_len(none) == 0);
	deed_loans_unwind(mark);
	deed_at(right, 0) += 1;
	deed_end(job->xs, &left);
	deed_end(job->xs, &right);
}

CLEAN(loans_in_any_order)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	run(pool, cut(N, EACH), many_loans, &job);
	CHECK(sum_of(&xs) == 2 * PARTS);
	deed_drop(&xs);
}

static void read_windows(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	DEED_BORROWED_PART(window, &job->r, part->lo, part->lo + 4);
	const deed_i32_borrowed mine = deed_part_borrowed(part, job->xs);

	CHECK(deed_at(window, 3) == 0 && deed_len(mine) >= 3);
}

CLEAN(windows_that_overlap)
{
	OWNER(xs, N);
	struct job job = { .xs = &xs };

	{
		DEED_BORROWED(r, &xs);
		struct deed_plan plan = cut(N - 3, 1);

		job.r = r;
		deed_share_borrowed(&plan, &xs, deed_by_halo(3, 3));
		run_plan(pool, &plan, read_windows, &job);
	}
	deed_drop(&xs);
}

/* A callee that lends what its caller holds. */
static OWN_FRAME void add_by_address(int *numbers, size_t count)
{
	DEED_LEND(v, numbers, count);

	add_to_all(v, 1);
}

static void lend_own_on(struct deed_part *part, void *context)
{
	const struct job *const job = context;
	const deed_i32_inout mine = deed_part_inout(part, &job->v);

	add_by_address(deed_data(mine) + 1, 3);
	{
		DEED_INOUT_PART(child, &mine, 2, 5);
		add_by_address(deed_data(child), 2);
	}
	deed_at(mine, 0) = 1;
}

CLEAN(part_lent_on_by_address)
{
	share_and_run(pool, lend_own_on);
}

static void own_scratches(struct deed_part *part, void *context)
{
	struct scratches *const outer = context;
	struct scratches mine = { .lock = PTHREAD_MUTEX_INITIALIZER };

	carve(deed_part_scratch(part));
	run(outer->pool, cut(4, 1), carve_inside, &mine);
	carve(deed_part_scratch(part));
}

CLEAN(scratch_arenas_of_their_own)
{
	struct scratches scratches = { .pool = pool };

	run(pool, cut(PARTS, 1), own_scratches, &scratches);
}

static void lend_stack(struct deed_part *part, void *unused)
{
	int numbers[EACH] = { (int)part->index };
	DEED_LEND(mine, numbers, EACH);

	(void)unused;
	add_to_all(mine, 1);
	CHECK(numbers[0] == (int)part->index + 1);
}

CLEAN(stacks)
{
	run(pool, cut(N, 2), lend_stack, NULL);
}
