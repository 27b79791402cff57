/* SPDX-License-Identifier: MIT
 *
 * tests/test_task.c - whose loan is it: what the parts of a plan may do with the loans of others,
 * and what they leave behind.
 *
 * The verdict must not depend on how many workers there are, nor on who comes first. So what a
 * part does wrong is a row of a table, done with pools of several sizes, and the faults of all
 * threads are counted: each row has one, whatever the schedule.
 */
#include "trapped.h"

#include <sched.h>

#include "deed/arena.h"
#include "deed/async.h"
#include "deed/kernels.h"
#include "deed/pool.h"
#include "deed/share.h"
#include "deed/soa.h"
#include "trap/options.h"

/* ---- faults of all threads ------------------------------------------------------------------ */

static struct {
	atomic_uint count[DEED_E26 + 1];
	pthread_mutex_t lock;
	char message[512], text[16384]; /* of the first */
} seen = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void see(const struct deed_report *report, void *context)
{
	(void)context;
	atomic_fetch_add(&seen.count[report->fault], 1);
	pthread_mutex_lock(&seen.lock);
	if (!*seen.message) {
		trapped_copy(seen.message, sizeof seen.message, report->message);
		trapped_copy(seen.text, sizeof seen.text, report->text);
	}
	pthread_mutex_unlock(&seen.lock);
}

static void forget(void)
{
	for (size_t i = 0; i < ARRAY_LEN(seen.count); i++)
		atomic_store(&seen.count[i], 0);
	*seen.message = '\0';
}

/* The one fault that was seen since; DEED_NO_FAULT if none was. More than one fails the test. */
static enum deed_fault only_fault(const char *name, unsigned workers)
{
	enum deed_fault fault = DEED_NO_FAULT;

	for (size_t i = 1; i < ARRAY_LEN(seen.count); i++) {
		if (!atomic_load(&seen.count[i]))
			continue;
		cr_expect(fault == DEED_NO_FAULT, "%s, %u workers: %s, and %s", name, workers,
			  trapped_id(fault), trapped_id((enum deed_fault)i));
		fault = (enum deed_fault)i;
	}
	return fault;
}

static void task_begin(void)
{
	forget();
	deed_on_fault(see, NULL);
}

static void task_end(void)
{
	const struct deed_statistics stats = deed_stats();

	if (trapped_leaves)
		return;
	cr_expect(stats.live_loans == 0, "%zu loans are left", stats.live_loans);
	cr_expect(stats.live_buffers == 0, "%zu buffers are left", stats.live_buffers);
}

TestSuite(task, .init = task_begin, .fini = task_end, .timeout = 120);

/* ---- a table of what parts do --------------------------------------------------------------- */

#define POINT(FIELD) FIELD(float, x) FIELD(float, y)
DEED_SOA(points, POINT);

enum { LEN = 256, CHUNK = 32, PARTS = LEN / CHUNK, PITCH = 16 };

struct job {
	deed_f32 ys, xs, ts, zs;
	deed_f32_inout y;     /* lent outside, inout, of ys */
	deed_f32_borrowed x;  /* and borrowed, of xs */
	deed_f32_inout plain; /* no guard */
	deed_f32_tile_inout tile;
	points ps;
	deed_f32_inout column;
	float *lent; /* an array that the caller has lent by its address */
	/* What one part leaves for another. */
	pthread_mutex_t lock;
	atomic_uint turn;
	deed_f32 own; /* of it, a part lends */
	deed_f32_inout kept_inout;
	deed_f32_borrowed kept;
	void (*what)(struct deed_part *part, struct job *job);
	struct deed_pool *pool;
	uint64_t mark;
};

static void do_part(struct deed_part *part, void *context)
{
	struct job *const job = context;

	job->what(part, job);
}

enum share { NOT_SHARED, SHARED, SHARED_TO_READ };

static void job_run(struct job *job, unsigned workers, enum share share)
{
	struct deed_plan plan;

	cr_assert(deed_new_zeroed(&job->ys, LEN) == 0 && deed_new_zeroed(&job->xs, LEN) == 0 &&
		  deed_new_zeroed(&job->ts, LEN) == 0 && deed_new_zeroed(&job->zs, LEN) == 0 &&
		  deed_new_zeroed(&job->own, LEN) == 0 && deed_soa_new_zeroed(&job->ps, LEN) == 0);
	cr_assert(!workers || deed_pool_new(&job->pool, workers) == 0);
	pthread_mutex_init(&job->lock, NULL);
	{
		DEED_INOUT(y, &job->ys);
		DEED_BORROWED(x, &job->xs);
		DEED_SOA_INOUT(column, &job->ps, x);
		float array[LEN] = { 0 };
		DEED_LEND(lent, array, LEN);
		DEED_TILE_INOUT(tile, &job->ts, PITCH, 0, 0, LEN / PITCH, PITCH / 2);

		job->y = y;
		job->x = x;
		job->column = column;
		job->tile = tile;
		job->plain = deed_inout(&job->zs);
		job->lent = deed_data(lent);
		deed_plan_chunks(&plan, LEN, CHUNK);
		if (share == SHARED)
			deed_share_inout(&plan, &job->y, DEED_BY_INDEX);
		if (share == SHARED_TO_READ)
			deed_share_borrowed(&plan, &job->y, DEED_BY_INDEX);
		cr_expect(deed_parallel_for(job->pool, &plan, do_part, job) == 0);
		deed_end(&job->zs, &job->plain);
	}
	(void)deed_pool_free(&job->pool);
	deed_settle(&job->ys);
	deed_settle(&job->xs);
	deed_settle(&job->ts);
	deed_settle(&job->zs);
	deed_settle(&job->own);
	deed_soa_drop(&job->ps);
	pthread_mutex_destroy(&job->lock);
}

/* ---- the caller's loans --------------------------------------------------------------------- */

static void write_at(struct deed_part *part, struct job *job)
{
	deed_at(job->y, part->lo) = 1;
}

static void write_data(struct deed_part *part, struct job *job)
{
	(void)deed_data(deed_slice(job->y, part->lo, part->hi));
}

static void fill(struct deed_part *part, struct job *job)
{
	(void)part;
	deed_fill(job->y, 1.0f);
}

static void copy_to(struct deed_part *part, struct job *job)
{
	(void)part;
	deed_copy(job->y, job->x);
}

static void kernel(struct deed_part *part, struct job *job)
{
	deed_scale_f32_by(deed_slice(job->y, part->lo, part->hi), 2.0f);
}

static void claim(struct deed_part *part, struct job *job)
{
	const deed_f32_inout y = deed_slice(job->y, part->lo, part->hi);
	const deed_f32_borrowed x = deed_slice(job->x, part->lo, part->hi);

	if (deed_claim(y, x))
		return;
}

static void tile_row(struct deed_part *part, struct job *job)
{
	deed_at(deed_tile_row(job->tile, part->index), 0) = 1;
}

static void column(struct deed_part *part, struct job *job)
{
	deed_at(job->column, part->lo) = 1;
}

static void reborrow(struct deed_part *part, struct job *job)
{
	deed_f32_inout mine = deed_reborrow(&job->y, part->lo, part->hi);

	deed_end(&job->y, &mine);
}

static void split(struct deed_part *part, struct job *job)
{
	deed_f32_inout left, right;

	deed_split(&job->y, part->hi, &left, &right);
	deed_end(&job->y, &left);
	deed_end(&job->y, &right);
}

static void guard(struct deed_part *part, struct job *job)
{
	DEED_INOUT_PART(mine, &job->y, part->lo, part->hi);

	(void)mine;
}

static void tile_of(struct deed_part *part, struct job *job)
{
	DEED_TILE_INOUT(mine, &job->y, PITCH, part->lo / PITCH, 0, 1, PITCH);

	(void)mine;
}

static void share_on(struct deed_part *part, struct job *job)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, part->hi - part->lo, 4);
	deed_share_inout(&plan, &job->y, DEED_BY_INDEX);
	plan.share_count = 0; /* it is refused; no parts */
}

static void lend_bytes(struct deed_part *part, struct job *job)
{
	float *const bytes = (float *)(uintptr_t)deed_data(deed_reading(job->y));
	DEED_LEND(mine, bytes + part->lo, part->hi - part->lo);

	(void)mine;
}

static void lend_array(struct deed_part *part, struct job *job)
{
	DEED_LEND(mine, job->lent + part->lo, part->hi - part->lo);

	(void)mine;
}

static void lend_array_to_read(struct deed_part *part, struct job *job)
{
	DEED_LEND_CONST(all, job->lent, LEN);

	cr_expect(deed_at(all, part->lo) == 0);
}

static void add_to(float *sums, const float *values, size_t count)
{
	DEED_LEND(to, sums, count);
	DEED_LEND_CONST(from, values, count);

	for (size_t i = 0; i < count; i++)
		deed_at(to, i) += deed_at(from, i);
}

static void lend_bytes_of_part(struct deed_part *part, struct job *job)
{
	const deed_f32_inout mine = deed_part_inout(part, &job->y);
	float values[CHUNK] = { 1 };

	add_to(deed_data(mine), values, CHUNK);
	deed_at(mine, 1) = 1;
}

/* What it has taken itself, in the same call. */
static void lend_bytes_beside_part(struct deed_part *part, struct job *job)
{
	const deed_f32_inout mine = deed_part_inout(part, &job->y);
	float *const bytes = deed_data(mine);

	DEED_LEND(again, bytes + 1, 4);
	deed_at(again, 0) = 1;
}

static void lend_bytes_beside_child(struct deed_part *part, struct job *job)
{
	const deed_f32_inout mine = deed_part_inout(part, &job->y);

	DEED_INOUT_PART(child, &mine, 8, 16);
	float *const bytes = deed_data(child);

	DEED_LEND(again, bytes, 4);
	deed_at(again, 0) = 1;
}

/* Not its part's. */
static void lend_bytes_of_all(struct deed_part *part, struct job *job)
{
	const deed_f32_inout mine = deed_part_inout(part, &job->y);
	float values[CHUNK] = { 1 };

	add_to(deed_data(mine) + (part->index ? -1 : 1), values, CHUNK);
}

static void end_of_owner(struct deed_part *part, struct job *job)
{
	deed_f32_inout y = job->y;

	(void)part;
	deed_end(&job->ys, &y);
}

static void end_plain(struct deed_part *part, struct job *job)
{
	deed_f32_inout plain = job->plain;

	(void)part;
	deed_end(&job->zs, &plain);
}

static void end_to_read(struct deed_part *part, struct job *job)
{
	deed_f32_borrowed x = job->x;

	(void)part;
	deed_end(&job->xs, &x);
}

static void read_all(struct deed_part *part, struct job *job)
{
	deed_f32_borrowed on = deed_reborrow(&job->x, part->lo, part->hi);
	float sum = deed_at(job->x, part->lo) + deed_at(deed_reading(job->y), part->lo) +
		    deed_sum_f32(job->x) + deed_sum_f32(deed_reading(job->y)) +
		    deed_at(deed_reading(job->column), part->lo);

	sum += *deed_data(job->x) + *deed_data(deed_reading(job->y)) + deed_at(on, 0);
	cr_expect(sum == 0);
	deed_end(&job->x, &on);
	{
		DEED_BORROWED(all, &job->x);
		DEED_BORROWED_PART(some, &job->y, 0, LEN);
		const float *const from = deed_data(job->x) + part->lo;
		DEED_LEND_CONST(bytes, from, part->hi - part->lo);

		cr_expect(deed_sum_f32(all) + deed_sum_f32(some) == 0);
		cr_expect(deed_at(bytes, 0) == 0);
	}
}

static void own_loans(struct deed_part *part, struct job *job)
{
	deed_f32 mine = DEED_EMPTY, other = DEED_EMPTY;

	(void)job;
	cr_assert(deed_new_zeroed(&mine, 100) == 0);
	{
		DEED_INOUT(v, &mine);
		DEED_INOUT_PART(some, &v, 0, 50);
		deed_f32_inout rest = deed_reborrow(&v, 50, 100);
		deed_f32_borrowed reads = deed_borrow(&rest);

		deed_fill(some, 1.0f);
		cr_expect(deed_sum_f32(reads) == 0);
		deed_end(&rest, &reads);
		deed_scale_f32_by(rest, 2.0f);
		deed_at(rest, 0) = (float)part->index;
		deed_end(&v, &rest);
	}
	{
		deed_f32_inout a, b, v = deed_inout(&mine);

		deed_split(&v, 30, &a, &b);
		deed_fill(a, 1.0f);
		deed_fill(b, 2.0f);
		deed_end(&mine, &v);
	}
	{
		float array[16] = { 0 };
		DEED_LEND(lent, array, 16);

		deed_at(lent, 3) = 1;
	}
	deed_move(&other, &mine);
	cr_expect(deed_resize(&other, 200) == 0);
	deed_drop(&other);
}

static void own_part(struct deed_part *part, struct job *job)
{
	const deed_f32_inout mine = deed_part_inout(part, &job->y);
	deed_f32_borrowed reads;

	deed_fill(mine, (float)part->index);
	deed_scale_f32_by(mine, 2.0f);
	{
		DEED_INOUT_PART(some, &mine, 0, deed_len(mine) / 2);

		deed_at(some, 0) = deed_at(job->x, part->lo);
	}
	reads = deed_part_borrowed(part, &job->y);
	cr_expect(deed_at(reads, 1) == 2.0f * (float)part->index);
}

/* ---- another part's loans ------------------------------------------------------------------- */

/* The first part that comes lends `own`, and ends its loan at once, or when another has come; the
 * others use what it has left. */
static bool is_first(struct job *job)
{
	bool first;

	pthread_mutex_lock(&job->lock);
	first = atomic_fetch_add(&job->turn, 1) == 0;
	if (first) {
		job->kept_inout = deed_inout(&job->own);
		job->kept = deed_reading(job->kept_inout);
	}
	pthread_mutex_unlock(&job->lock);
	return first;
}

/* At most two tenths of a second, for on one worker nobody comes. */
static void let_others_come(struct job *job)
{
	const unsigned turn = atomic_load(&job->turn);

	for (int i = 0; i < 200 && atomic_load(&job->turn) == turn && job->pool &&
			deed_pool_workers(job->pool) > 1;
	     i++)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

static void end_own(struct job *job)
{
	deed_f32_inout mine = job->kept_inout;

	deed_end(&job->own, &mine);
}

/* What another part reads of the caller's loan is no reason to say E13 of this. */
static void write_while_another_reads(struct deed_part *part, struct job *job)
{
	deed_f32_borrowed reads;

	if (atomic_fetch_add(&job->turn, 1)) {
		deed_at(job->y, part->lo) = 1;
		return;
	}
	reads = deed_borrow(&job->y);
	let_others_come(job);
	deed_end(&job->y, &reads);
}

#define USES(name, waits, ...)                                                                     \
	static void name(struct deed_part *part, struct job *job)                                  \
	{                                                                                          \
		(void)part;                                                                        \
		if (!is_first(job)) {                                                              \
			__VA_ARGS__;                                                               \
			return;                                                                    \
		}                                                                                  \
		if (waits)                                                                         \
			let_others_come(job);                                                      \
		end_own(job);                                                                      \
	}

#define USES_OF_OTHERS(X)                                                                          \
	X(read_of_other, (void)deed_at(job->kept, 1))                                              \
	X(read_all_of_other, (void)deed_data(job->kept))                                           \
	X(write_of_other, deed_at(job->kept_inout, 1) = 1)                                         \
	X(sum_of_other, (void)deed_sum_f32(job->kept))                                             \
	X(outside_of_other, (void)deed_at(job->kept, LEN))                                         \
	X(lend_of_other, deed_f32_borrowed on = deed_borrow(&job->kept);                           \
	  deed_end(&job->kept, &on))                                                               \
	X(lend_outside_of_other, deed_f32_borrowed on = deed_reborrow(&job->kept, 0, LEN + 1);     \
	  deed_end(&job->kept, &on))                                                               \
	X(lend_inout_of_other, deed_f32_inout on = deed_inout(&job->kept_inout);                   \
	  deed_end(&job->kept_inout, &on))                                                         \
	X(end_of_other, deed_f32_inout it = job->kept_inout; deed_end(&job->own, &it))             \
	X(end_reading_of_other, deed_f32_borrowed it = job->kept; deed_end(&job->x, &it))          \
	X(                                                                                         \
		copy_of_other, deed_f32 to = DEED_EMPTY; cr_assert(deed_new(&to, LEN) == 0); {     \
			DEED_INOUT(v, &to);                                                        \
			deed_copy(v, job->kept);                                                   \
		} deed_drop(&to))

#define USE_TWICE(name, ...)                                                                       \
	USES(name##_while_it_lives, true, __VA_ARGS__)                                             \
	USES(name##_ended, false, __VA_ARGS__)
USES_OF_OTHERS(USE_TWICE)

/* ---- left behind ---------------------------------------------------------------------------- */

static void leave_loan(struct deed_part *part, struct job *job)
{
	if (part->index == 3)
		job->kept_inout = deed_inout(&job->own);
}

static void leave_part_of_owner(struct deed_part *part, struct job *job)
{
	deed_f32_inout left, right;

	if (part->index != 3)
		return;
	job->kept_inout = deed_inout(&job->own);
	deed_split(&job->kept_inout, 10, &left, &right);
	deed_end(&job->kept_inout, &left);
}

static void leave_reborrowed(struct deed_part *part, struct job *job)
{
	if (part->index == 3)
		job->kept = deed_reborrow(&job->x, part->lo, part->hi);
}

static void leave_child_of_part(struct deed_part *part, struct job *job)
{
	const deed_f32_inout mine = deed_part_inout(part, &job->y);

	if (part->index == 3)
		job->kept_inout = deed_reborrow(&mine, 0, 1);
}

static void leave_tile(struct deed_part *part, struct job *job)
{
	deed_f32_tile_inout tile;

	if (part->index == 3) {
		tile = deed_tile_inout(&job->own, PITCH, 0, 0, 4, 4);
		(void)tile;
	}
}

static void leave_column(struct deed_part *part, struct job *job)
{
	if (part->index == 3)
		job->kept = deed_soa_borrow(&job->ps, y);
}

static void in_guard(struct job *job, jmp_buf out)
{
	DEED_INOUT(v, &job->own);

	(void)v;
	longjmp(out, 1);
}

static void leave_guard(struct deed_part *part, struct job *job)
{
	jmp_buf out;

	if (part->index == 3 && !setjmp(out))
		in_guard(job, out);
}

static void leave_guard_with_mark(struct deed_part *part, struct job *job)
{
	const uint64_t mark = deed_loans_mark();
	jmp_buf out;

	if (part->index != 3)
		return;
	if (!setjmp(out))
		in_guard(job, out);
	deed_loans_unwind(mark);
}

/* ---- the table ------------------------------------------------------------------------------ */

#define ROW(does, expected, shared)                                                                \
	{                                                                                          \
		.name = #does, .what = does, .fault = expected, .share = shared                    \
	}
#define ROW_OF_OTHER(does, ...)                                                                    \
	ROW(does##_while_it_lives, DEED_E20, NOT_SHARED), ROW(does##_ended, DEED_E20, NOT_SHARED),

static const struct row {
	const char *name;
	void (*what)(struct deed_part *part, struct job *job);
	enum deed_fault fault;
	enum share share;
} rows[] = { ROW(write_at, DEED_E20, NOT_SHARED), ROW(write_data, DEED_E20, NOT_SHARED),
	     ROW(fill, DEED_E20, NOT_SHARED), ROW(copy_to, DEED_E20, NOT_SHARED),
	     ROW(kernel, DEED_E20, NOT_SHARED), ROW(claim, DEED_E20, NOT_SHARED),
	     ROW(tile_row, DEED_E20, NOT_SHARED), ROW(column, DEED_E20, NOT_SHARED),
	     ROW(reborrow, DEED_E20, NOT_SHARED), ROW(split, DEED_E20, NOT_SHARED),
	     ROW(guard, DEED_E20, NOT_SHARED), ROW(tile_of, DEED_E20, NOT_SHARED),
	     ROW(share_on, DEED_E20, NOT_SHARED), ROW(lend_bytes, DEED_E20, NOT_SHARED),
	     ROW(lend_array, DEED_E20, NOT_SHARED), ROW(lend_bytes_of_all, DEED_E20, SHARED),
	     ROW(lend_array_to_read, DEED_NO_FAULT, NOT_SHARED),
	     ROW(lend_bytes_of_part, DEED_NO_FAULT, SHARED),
	     ROW(lend_bytes_beside_part, DEED_E09, SHARED),
	     ROW(lend_bytes_beside_child, DEED_E09, SHARED),
	     ROW(end_of_owner, DEED_E20, NOT_SHARED), ROW(end_plain, DEED_E20, NOT_SHARED),
	     ROW(write_while_another_reads, DEED_E20, NOT_SHARED),
	     ROW(end_to_read, DEED_E20, NOT_SHARED),
	     /* A share lies over it: that is what is told. */
	     ROW(write_at, DEED_E13, SHARED), ROW(write_data, DEED_E13, SHARED),
	     ROW(kernel, DEED_E13, SHARED), ROW(claim, DEED_E13, SHARED),
	     ROW(write_at, DEED_E13, SHARED_TO_READ), ROW(reborrow, DEED_E20, SHARED),
	     ROW(read_all, DEED_E13, SHARED), ROW(read_all, DEED_NO_FAULT, SHARED_TO_READ),
	     ROW(read_all, DEED_NO_FAULT, NOT_SHARED), ROW(own_loans, DEED_NO_FAULT, NOT_SHARED),
	     ROW(own_part, DEED_NO_FAULT, SHARED), ROW(leave_loan, DEED_E14, NOT_SHARED),
	     ROW(leave_part_of_owner, DEED_E14, NOT_SHARED),
	     ROW(leave_reborrowed, DEED_E14, NOT_SHARED),
	     ROW(leave_child_of_part, DEED_E14, SHARED), ROW(leave_tile, DEED_E14, NOT_SHARED),
	     ROW(leave_column, DEED_E14, NOT_SHARED), ROW(leave_guard, DEED_E14, NOT_SHARED),
	     ROW(leave_guard_with_mark, DEED_NO_FAULT, NOT_SHARED), USES_OF_OTHERS(ROW_OF_OTHER) };

/* 0: the null pool. */
static const unsigned sizes[] = { 0, 1, 2, 8 };

static void run_rows(enum deed_fault fault)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t size = 0; size < ARRAY_LEN(sizes) && rows[i].fault == fault; size++) {
			struct job job = { .what = rows[i].what };
			enum deed_fault got;

			forget();
			job_run(&job, sizes[size], rows[i].share);
			got = only_fault(rows[i].name, sizes[size]);
			cr_expect(got == fault, "%s, %u workers: expected %s, got %s: %s",
				  rows[i].name, sizes[size], trapped_id(fault), trapped_id(got),
				  seen.message);
		}
}

Test(task, may_not_touch_what_is_not_its_own)
{
	run_rows(DEED_E20);
}

Test(task, finds_a_view_suspended_where_it_is_shared_out)
{
	run_rows(DEED_E13);
}

Test(task, may_not_lend_anew_what_it_has_in_the_same_call)
{
	run_rows(DEED_E09);
}

Test(task, ends_its_loans_before_it_returns)
{
	run_rows(DEED_E14);
}

Test(task, may_read_what_was_lent_outside_and_do_what_it_likes_with_its_own)
{
	run_rows(DEED_NO_FAULT);
}

Test(task, is_named_with_its_part_by_whoever_meets_its_loans)
{
	struct job job = { .what = read_of_other_ended };

	job_run(&job, 0, NOT_SHARED);
	cr_expect(only_fault("ended", 0) == DEED_E20);
	cr_expect(strstr(seen.message, "in part 1, but it is a loan of part 0, which is over"),
		  "%s", seen.message);
	cr_expect(strstr(seen.text, "part 1 of 8 ([32, 64))"), "%s", seen.text);
	cr_expect(strstr(seen.text, "part 0 of 8 ([0, 32))"), "%s", seen.text);

	forget();
	job = (struct job){ .what = write_at };
	job_run(&job, 0, NOT_SHARED);
	cr_expect(strstr(seen.message, "in part 0, but it was lent outside of all parts"), "%s",
		  seen.message);

	forget();
	job = (struct job){ .what = leave_loan };
	job_run(&job, 0, NOT_SHARED);
	cr_expect(strstr(seen.message, "`job->own` is lent in part 3"), "%s", seen.message);
	cr_expect(strstr(seen.message, "it returned without ending the loan"), "%s", seen.message);
}

/* ---- tasks in tasks ------------------------------------------------------------------------- */

enum { DEPTH = 40 };

struct level {
	struct level *above;
	deed_i32 owner;
	deed_i32_inout view; /* of the owner, lent in the task above */
	size_t depth;
	struct deed_pool *pool;
	bool writes;
};

static void descend(struct level *level);

static void one_deeper(struct deed_part *part, void *context)
{
	struct level *const above = context, *at = above;

	do {
		cr_expect(deed_at(deed_reading(at->view), 0) == 0);
		cr_expect(*deed_data(deed_reading(at->view)) == 0);
		if (above->writes && part->index == 1)
			deed_at(at->view, 0) = 0;
		at = at->above;
	} while (at);
	if (part->index == 0 && above->depth < DEPTH) {
		struct level here = { .above = above,
				      .depth = above->depth + 1,
				      .pool = above->pool,
				      .writes = above->writes };

		descend(&here);
	}
}

static void descend(struct level *level)
{
	struct deed_plan plan;

	cr_assert(deed_new_zeroed(&level->owner, 8) == 0);
	level->view = deed_inout(&level->owner);
	deed_at(level->view, 0) = 0;
	deed_plan_chunks(&plan, 3, 1);
	cr_expect(deed_parallel_for(level->pool, &plan, one_deeper, level) == 0);
	deed_at(level->view, 0) = 0;
	deed_end(&level->owner, &level->view);
	deed_drop(&level->owner);
}

Test(task, may_read_the_loans_of_all_that_wait_for_it)
{
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct level top = { .writes = false };

		cr_assert(!sizes[i] || deed_pool_new(&top.pool, sizes[i]) == 0);
		descend(&top);
		cr_expect(only_fault("nested", sizes[i]) == DEED_NO_FAULT, "%s", seen.message);
		(void)deed_pool_free(&top.pool);
	}
}

Test(task, may_not_write_through_the_loans_of_any_that_wait_for_it)
{
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct level top = { .writes = true };

		forget();
		cr_assert(!sizes[i] || deed_pool_new(&top.pool, sizes[i]) == 0);
		descend(&top);
		cr_expect(only_fault("nested", sizes[i]) == DEED_E20);
		/* One for each buffer, of which there is one for each level. */
		cr_expect(atomic_load(&seen.count[DEED_E20]) == DEPTH + 1);
		(void)deed_pool_free(&top.pool);
	}
}

static void inner_part(struct deed_part *part, void *context)
{
	const deed_f32_inout mine = deed_part_inout(part, (deed_f32_inout *)context);

	deed_fill(mine, 1.0f);
}

static void share_my_part_on(struct deed_part *part, struct job *job)
{
	deed_f32_inout mine = deed_part_inout(part, &job->y);
	struct deed_plan plan;

	deed_plan_chunks(&plan, deed_len(mine), 8);
	deed_share_inout(&plan, &mine, DEED_BY_INDEX);
	cr_expect(deed_parallel_for(job->pool, &plan, inner_part, &mine) == 0);
	deed_at(mine, 0) = 2;
}

Test(task, may_share_its_part_out_again)
{
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct job job = { .what = share_my_part_on };

		job_run(&job, sizes[i], SHARED);
		cr_expect(only_fault("shared on", sizes[i]) == DEED_NO_FAULT, "%s", seen.message);
	}
}

/* ---- tasks that nobody waits for ------------------------------------------------------------ */

struct handed {
	deed_f32_borrowed reads;
	deed_f32_inout writes;
	unsigned does;
};

static int in_background(void *owner, void *context)
{
	const struct handed *const handed = context;
	deed_f32_borrowed on;

	{
		DEED_INOUT(v, (deed_f32 *)owner);

		deed_fill(v, 1.0f);
		deed_at(v, 0) = deed_at(deed_reading(v), 1);
	}
	switch (handed->does) {
	case 0:
		cr_expect(deed_at(handed->reads, 1) == 0 && deed_sum_f32(handed->reads) == 0);
		on = deed_reborrow(&handed->reads, 0, 2);
		deed_end(&handed->reads, &on);
		break;
	case 1:
		(void)deed_at(deed_reading(handed->writes), 1);
		break;
	case 2:
		deed_at(handed->writes, 1) = 1;
		break;
	case 3:
		on = deed_borrow(&handed->writes);
		deed_end(&handed->writes, &on);
		break;
	case 4:
		(void)deed_sum_f32(deed_reading(handed->writes));
		break;
	default:
		on = deed_borrow((deed_f32 *)owner);
		break;
	}
	return 0;
}

Test(task, in_the_background_may_only_read_what_was_borrowed)
{
	static const enum deed_fault expected[] = { DEED_NO_FAULT, DEED_E20, DEED_E20,
						    DEED_E20,	   DEED_E20, DEED_E14 };

	for (unsigned does = 0; does < ARRAY_LEN(expected); does++)
		for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
			deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY, owner = DEED_EMPTY;
			struct deed_async async = DEED_ASYNC_EMPTY;
			struct deed_pool *pool = NULL;

			forget();
			cr_assert(!sizes[i] || deed_pool_new(&pool, sizes[i]) == 0);
			cr_assert(deed_new_zeroed(&xs, 8) == 0 && deed_new_zeroed(&ys, 8) == 0 &&
				  deed_new_zeroed(&owner, 8) == 0);
			{
				DEED_BORROWED(reads, &xs);
				DEED_INOUT(writes, &ys);
				struct handed handed = { reads, writes, does };

				cr_expect(deed_async(pool, &async, in_background, &owner,
						     &handed) == 0);
				cr_expect(deed_await(&async, &owner) == 0);
			}
			cr_expect(only_fault("async", sizes[i]) == expected[does], "%u: %s", does,
				  seen.message);
			deed_drop(&xs);
			deed_drop(&ys);
			deed_drop(&owner);
			(void)deed_pool_free(&pool);
		}
}

/* ---- scratch -------------------------------------------------------------------------------- */

/* Of the part that came first: its scratch, by its address and as a copy. */
struct scratching {
	struct deed_pool *pool;
	pthread_mutex_t lock;
	struct deed_arena *kept, copy;
	void (*act)(struct deed_part *part, struct scratching *s); /* of the others */
};

static void carve_some(struct deed_arena *arena)
{
	deed_f32 xs = DEED_EMPTY;
	char *bytes;

	if (deed_new_in(&xs, arena, 8) == 0) {
		DEED_INOUT(v, &xs);
		deed_at(v, 7) = 1;
	}
	bytes = deed_arena_alloc(arena, 100);
	if (bytes)
		bytes[99] = 1;
}

static void carve_inside(struct deed_part *part, void *context)
{
	if (part->index % 2)
		carve_some((struct deed_arena *)context);
}

static void ask_inside(struct deed_part *part, void *context)
{
	carve_some(deed_part_scratch(part));
	carve_some(deed_part_scratch((struct deed_part *)context));
}

static void *carve_on_thread(void *arena)
{
	carve_some(arena);
	return NULL;
}

static int carve_behind(void *owner, void *arena)
{
	(void)owner;
	carve_some(arena);
	return 0;
}

/* What a part may do. */
static void carve_rightly(struct deed_part *part)
{
	struct deed_arena *const own = deed_part_scratch(part);
	struct deed_arena_mark mark;
	struct deed_arena moved;

	carve_some(own);
	mark = deed_arena_mark(own);
	carve_some(deed_part_scratch(part));
	deed_arena_rewind(own, mark);
	deed_arena_reset(own);
	carve_some(own);
	moved = *own; /* as any arena may be, and back */
	carve_some(&moved);
	*own = moved;
	carve_some(own);
	{
		DEED_SCRATCH(more);

		cr_expect(more != own);
		carve_some(more);
	}
	deed_arena_close(own);
	if (part->index % 2) {
		carve_some(own);
		cr_expect(deed_part_scratch(part) == own);
	}
}

static void act_rightly(struct deed_part *part, struct scratching *s)
{
	(void)s;
	carve_rightly(part);
}

static void act_on_kept(struct deed_part *part, struct scratching *s)
{
	(void)part;
	carve_some(s->kept);
}

static void act_on_copy(struct deed_part *part, struct scratching *s)
{
	(void)part;
	carve_some(&s->copy);
}

static void act_with_copied_part(struct deed_part *part, struct scratching *s)
{
	struct deed_part same = *part;

	(void)s;
	carve_some(deed_part_scratch(&same));
}

static void act_by_reset(struct deed_part *part, struct scratching *s)
{
	(void)part;
	deed_arena_reset(s->kept);
}

static void act_by_close(struct deed_part *part, struct scratching *s)
{
	(void)part;
	deed_arena_close(s->kept);
}

static void act_inside(struct deed_part *part, struct scratching *s)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, 8, 1);
	cr_expect(deed_parallel_for(s->pool, &plan, carve_inside, deed_part_scratch(part)) == 0);
}

static void act_by_asking(struct deed_part *part, struct scratching *s)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, 8, 1);
	cr_expect(deed_parallel_for(s->pool, &plan, ask_inside, part) == 0);
}

static void act_on_thread(struct deed_part *part, struct scratching *s)
{
	struct deed_arena *const own = deed_part_scratch(part);
	pthread_t thread;

	(void)s;
	cr_assert(!pthread_create(&thread, NULL, carve_on_thread, own));
	cr_assert(!pthread_join(thread, NULL));
}

static void act_behind(struct deed_part *part, struct scratching *s)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_f32 ys = DEED_EMPTY;

	cr_assert(deed_new(&ys, 8) == 0);
	cr_expect(deed_async(s->pool, &async, carve_behind, &ys, deed_part_scratch(part)) == 0);
	cr_expect(deed_await(&async, &ys) == 0);
	deed_drop(&ys);
}

static void scratch_part(struct deed_part *part, void *context)
{
	struct scratching *const s = context;

	pthread_mutex_lock(&s->lock);
	carve_rightly(part);
	if (s->kept) {
		s->act(part, s);
	} else {
		s->kept = deed_part_scratch(part);
		s->copy = *s->kept;
	}
	pthread_mutex_unlock(&s->lock);
	if (s->act != act_on_kept && s->act != act_by_reset && s->act != act_by_close)
		carve_rightly(part);
}

/* In a region of its own, after the one whose scratch was kept. */
static void later_part(struct deed_part *part, void *context)
{
	struct scratching *const s = context;

	pthread_mutex_lock(&s->lock);
	s->act(part, s);
	pthread_mutex_unlock(&s->lock);
}

static void run_scratching(struct scratching *s, size_t parts, deed_part_fn fn)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, parts, 1);
	cr_expect(deed_parallel_for(s->pool, &plan, fn, s) == 0);
}

/* With each number of workers, as they come and in orders that are drawn. */
static void expect_of_scratch(void (*act)(struct deed_part *, struct scratching *), size_t parts,
			      const char *name, enum deed_fault expected)
{
	for (unsigned run = 0; run < 4 * ARRAY_LEN(sizes); run++) {
		const unsigned workers = sizes[run % ARRAY_LEN(sizes)];
		struct scratching s = { .lock = PTHREAD_MUTEX_INITIALIZER, .act = act };
		char option[32];

		snprintf(option, sizeof option, "schedule=%zu", run / ARRAY_LEN(sizes));
		cr_assert(deed_options_parse(option) == 0);
		forget();
		cr_assert(!workers || deed_pool_new(&s.pool, workers) == 0);
		run_scratching(&s, parts, scratch_part);
		cr_expect(only_fault(name, workers) == expected, "%s, %u workers, %s: %s", name,
			  workers, option, seen.message);
		forget();
		if (act == act_on_kept || act == act_on_copy) {
			run_scratching(&s, 3, later_part);
			carve_some(act == act_on_copy ? &s.copy : s.kept);
			cr_expect(only_fault(name, workers) == DEED_NO_FAULT, "%s: told twice: %s",
				  name, seen.message);
		}
		(void)deed_pool_free(&s.pool);
	}
	cr_assert(deed_options_parse("schedule=0") == 0);
}

Test(task, may_do_with_its_scratch_what_it_likes)
{
	expect_of_scratch(act_rightly, 20, "rightly", DEED_NO_FAULT);
}

/* There are more parts than places for their scratch. */
Test(task, has_a_scratch_however_many_there_are)
{
	struct scratching s = { .lock = PTHREAD_MUTEX_INITIALIZER, .act = act_rightly };
	const struct deed_statistics before = deed_stats();

	run_scratching(&s, 3000, scratch_part);
	cr_expect(only_fault("many", 0) == DEED_NO_FAULT, "%s", seen.message);
	cr_expect(deed_stats().live_buffers == before.live_buffers);
}

Test(task, may_not_have_the_scratch_of_another)
{
	expect_of_scratch(act_on_kept, 10, "kept", DEED_E20);
	expect_of_scratch(act_on_copy, 10, "copied", DEED_E20);
	expect_of_scratch(act_with_copied_part, 10, "of a copied part", DEED_E20);
	expect_of_scratch(act_by_reset, 10, "reset", DEED_E20);
	expect_of_scratch(act_by_close, 10, "closed", DEED_E20);
}

/* Nothing is in it then, but it is not anybody's. */
static void close_and_be_met(struct deed_part *part, void *context)
{
	struct scratching *const s = context;
	struct deed_arena *const own = deed_part_scratch(part);

	carve_some(own);
	if (part->index == 0)
		s->kept = own;
	deed_arena_close(own);
	if (part->index == 0)
		act_on_thread(part, s);
	else
		carve_some(s->kept);
}

Test(task, may_not_have_a_scratch_that_was_closed)
{
	struct scratching s = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct deed_plan plan;

	deed_plan_chunks(&plan, 1, 1);
	cr_expect(deed_parallel_for(NULL, &plan, close_and_be_met, &s) == 0);
	cr_expect(only_fault("closed, thread", 0) == DEED_E20, "%s", seen.message);
	forget();
	deed_arena_close(s.kept);
	cr_expect(only_fault("closed, over", 0) == DEED_NO_FAULT, "told twice: %s", seen.message);
	s.act = act_rightly;
	run_scratching(&s, 2, close_and_be_met);
	cr_expect(only_fault("closed, two", 0) == DEED_E20, "%s", seen.message);
}

Test(task, may_not_have_the_scratch_of_who_waits_for_it)
{
	expect_of_scratch(act_inside, 4, "inside", DEED_E20);
	expect_of_scratch(act_by_asking, 4, "asked for", DEED_E20);
	expect_of_scratch(act_on_thread, 4, "thread", DEED_E20);
	expect_of_scratch(act_behind, 4, "behind", DEED_E20);
}

/* Once for each part's scratch: so each use has a region of its own before. */
static enum deed_fault fault_after(struct scratching *s, unsigned workers, bool in_part,
				   bool as_copy)
{
	struct deed_pool *const pool = s->pool;

	forget();
	*s = (struct scratching){ .pool = pool, .act = act_rightly };
	pthread_mutex_init(&s->lock, NULL);
	run_scratching(s, 5, scratch_part);
	s->act = as_copy ? act_on_copy : act_on_kept;
	if (in_part)
		run_scratching(s, 1, later_part);
	else
		carve_some(as_copy ? &s->copy : s->kept);
	pthread_mutex_destroy(&s->lock);
	return only_fault("after", workers);
}

Test(task, is_over_and_so_is_its_scratch)
{
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct scratching s = { .pool = NULL };

		cr_assert(!sizes[i] || deed_pool_new(&s.pool, sizes[i]) == 0);
		for (unsigned as_copy = 0; as_copy < 2; as_copy++) {
			cr_expect(fault_after(&s, sizes[i], false, as_copy) == DEED_E21, "%s",
				  seen.message);
			cr_expect(strstr(seen.message, "the scratch arena of part") &&
					  strstr(seen.message, "which is over"),
				  "%s", seen.message);
			cr_expect(fault_after(&s, sizes[i], true, as_copy) == DEED_E20, "%s",
				  seen.message);
		}
		(void)deed_pool_free(&s.pool);
		/* Its thread, too, and the arena. */
		if (sizes[i] > 1)
			carve_some(s.kept);
	}
}

/* ---- jumps ---------------------------------------------------------------------------------- */

static jmp_buf land;

static void jump_out(struct deed_part *part, void *context)
{
	struct job *const job = context;

	if (part->index == 1) {
		job->kept_inout = deed_inout(&job->own);
		longjmp(land, 1);
	}
}

/* Where the jump lands, nothing says so; the next verb finds that the task is left. */
static void run_and_land(struct job *job)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, LEN, CHUNK);
	if (!setjmp(land))
		cr_expect(deed_parallel_for(NULL, &plan, jump_out, job) == 0);
}

Test(task, that_was_jumped_out_of_is_over_where_the_jump_lands)
{
	struct job job = { .mark = 0 };
	deed_f32 ys = DEED_EMPTY;

	cr_assert(deed_new_zeroed(&job.own, LEN) == 0 && deed_new_zeroed(&ys, LEN) == 0);
	{
		DEED_INOUT(y, &ys);

		run_and_land(&job);
		cr_expect(only_fault("before it is seen", 0) == DEED_NO_FAULT);
		deed_at(y, 0) = 1;
		deed_scale_f32_by(y, 2.0f);
		cr_expect(only_fault("jumped", 0) == DEED_E14, "%s", seen.message);
		cr_expect(strstr(seen.message, "longjmp"), "%s", seen.message);
		forget();
		{
			DEED_INOUT_PART(some, &y, 0, 10);

			deed_at(some, 0) = 1;
		}
	}
	cr_expect(only_fault("after it was seen", 0) == DEED_NO_FAULT, "%s", seen.message);
	deed_drop(&job.own);
	deed_drop(&ys);
}

Test(task, that_was_jumped_out_of_is_over_at_an_unwind)
{
	struct job job = { .mark = 0 };
	const uint64_t mark = deed_loans_mark();

	cr_assert(deed_new_zeroed(&job.own, LEN) == 0);
	run_and_land(&job);
	deed_loans_unwind(mark);
	deed_drop(&job.own);
	cr_expect(only_fault("unwound", 0) == DEED_NO_FAULT, "%s", seen.message);
}

static void jump_with_scratch(struct deed_part *part, void *unused)
{
	(void)unused;
	carve_some(deed_part_scratch(part));
	longjmp(land, 1);
}

static void *jump_and_exit(void *unused)
{
	for (volatile int i = 0; i < 3; i++) {
		const uint64_t mark = deed_loans_mark();
		struct deed_plan plan;

		deed_plan_chunks(&plan, LEN, CHUNK);
		if (!setjmp(land))
			cr_expect(deed_parallel_for(NULL, &plan, jump_with_scratch, NULL) == 0);
		deed_loans_unwind(mark);
	}
	return unused;
}

/* The thread gives it back when it exits, from where the part had it. */
Test(task, that_was_jumped_out_of_leaves_its_scratch_to_its_thread)
{
	const struct deed_statistics before = deed_stats();
	pthread_t thread;

	cr_assert(!pthread_create(&thread, NULL, jump_and_exit, NULL));
	cr_assert(!pthread_join(thread, NULL));
	cr_expect(only_fault("jumped", 0) == DEED_NO_FAULT, "%s", seen.message);
	cr_expect(deed_stats().live_buffers == before.live_buffers);
}

static void jump_at_once(struct deed_part *part, void *context)
{
	struct job *const job = context;
	const deed_f32_inout mine = deed_part_inout(part, &job->y);

	job->kept_inout = deed_reborrow(&mine, 0, 2);
	longjmp(land, 1);
}

/* What was shared out is so no longer. */
Test(task, that_was_jumped_out_of_leaves_no_share_behind_an_unwind)
{
	struct job job = { .mark = 0 };
	deed_f32 ys = DEED_EMPTY;

	cr_assert(deed_new_zeroed(&ys, LEN) == 0);
	{
		DEED_INOUT(y, &ys);

		job.y = y;
		job.mark = deed_loans_mark();
		for (volatile int i = 0; i < 1000; i++) {
			struct deed_plan plan;

			deed_plan_chunks(&plan, LEN, CHUNK);
			deed_share_inout(&plan, &job.y, DEED_BY_INDEX);
			if (!setjmp(land))
				cr_expect(deed_parallel_for(NULL, &plan, jump_at_once, &job) == 0);
			deed_loans_unwind(job.mark);
			deed_fill(y, 1.0f);
		}
	}
	cr_expect(only_fault("unwound", 0) == DEED_NO_FAULT, "%s", seen.message);
	deed_drop(&ys);
}

static void unwind_inside(struct deed_part *part, void *context)
{
	struct job *const job = context;

	if (part->index != 1)
		return;
	job->kept_inout = deed_inout(&job->own);
	deed_loans_unwind(job->mark);
	/* Outside of the task by now, and yet here. */
	deed_at(job->y, 0) = 1;
}

Test(task, may_unwind_itself_and_return)
{
	struct job job = { .mark = 0 };
	struct deed_plan plan;

	cr_assert(deed_new_zeroed(&job.own, LEN) == 0 && deed_new_zeroed(&job.ys, LEN) == 0);
	job.y = deed_inout(&job.ys);
	job.mark = deed_loans_mark();
	deed_plan_chunks(&plan, LEN, CHUNK);
	cr_expect(deed_parallel_for(NULL, &plan, unwind_inside, &job) == 0);
	deed_at(job.y, 1) = 1;
	cr_expect(only_fault("returned", 0) == DEED_NO_FAULT, "%s", seen.message);
	deed_end(&job.ys, &job.y);
	deed_drop(&job.ys);
	deed_drop(&job.own);
}

static void unwind_first(struct deed_part *part, void *context)
{
	struct job *const job = context;

	if (part->index == 0)
		deed_loans_unwind(job->mark);
	if (part->index == 2)
		deed_at(job->y, 0) = 1;
}

/* One turn of the thread, of which the first task is gone. */
Test(task, is_one_again_after_one_that_unwound_itself)
{
	struct job job = { .mark = 0 };
	struct deed_plan plan;

	cr_assert(deed_new_zeroed(&job.ys, LEN) == 0);
	job.y = deed_inout(&job.ys);
	job.mark = deed_loans_mark();
	deed_plan_chunks(&plan, LEN, CHUNK);
	cr_expect(deed_parallel_for(NULL, &plan, unwind_first, &job) == 0);
	cr_expect(only_fault("the third", 0) == DEED_E20, "%s", seen.message);
	deed_end(&job.ys, &job.y);
	deed_drop(&job.ys);
}

/* Takes its parts of two shares, the later ones in the other order. */
static void unwind_what_was_taken(struct deed_part *part, void *context)
{
	struct job *const job = context;

	if (part->index == 0) {
		deed_at(deed_part_inout(part, &job->y), 0) = 1;
		deed_at(deed_part_inout(part, &job->kept_inout), 0) = 1;
		deed_loans_unwind(job->mark);
	} else {
		const deed_f32_inout own = deed_part_inout(part, &job->kept_inout);
		const deed_f32_inout y = deed_part_inout(part, &job->y);

		deed_fill(own, 2.0f);
		deed_fill(y, 3.0f);
		cr_expect(deed_at(own, 0) == 2 && deed_len(own) == part->hi - part->lo);
	}
}

Test(task, takes_its_own_after_one_that_took_and_unwound_itself)
{
	struct job job = { .mark = 0 };
	struct deed_plan plan;

	cr_assert(deed_new_zeroed(&job.own, LEN) == 0 && deed_new_zeroed(&job.ys, LEN) == 0);
	job.y = deed_inout(&job.ys);
	job.kept_inout = deed_inout(&job.own);
	deed_plan_chunks(&plan, LEN, CHUNK);
	deed_share_inout(&plan, &job.y, DEED_BY_INDEX);
	deed_share_inout(&plan, &job.kept_inout, DEED_BY_INDEX);
	job.mark = deed_loans_mark();
	cr_expect(deed_parallel_for(NULL, &plan, unwind_what_was_taken, &job) == 0);
	cr_expect(only_fault("the others", 0) == DEED_NO_FAULT, "%s", seen.message);
	cr_expect(deed_at(job.y, LEN - 1) == 3 && deed_at(job.kept_inout, LEN - 1) == 2);
	deed_end(&job.ys, &job.y);
	deed_end(&job.own, &job.kept_inout);
	deed_drop(&job.ys);
	deed_drop(&job.own);
}

static void mark_inside(struct deed_part *part, void *context)
{
	struct job *const job = context;
	const uint64_t mark = deed_loans_mark();

	if (part->index)
		return;
	job->kept_inout = deed_inout(&job->own);
	deed_loans_unwind(mark);
	/* In the task yet: what is lent outside is not its own. */
	deed_at(job->y, 0) = 1;
}

Test(task, stays_in_itself_when_it_unwinds_to_a_mark_of_its_own)
{
	struct job job = { .mark = 0 };
	struct deed_plan plan;

	cr_assert(deed_new_zeroed(&job.own, LEN) == 0 && deed_new_zeroed(&job.ys, LEN) == 0);
	job.y = deed_inout(&job.ys);
	deed_plan_chunks(&plan, LEN, CHUNK);
	cr_expect(deed_parallel_for(NULL, &plan, mark_inside, &job) == 0);
	cr_expect(only_fault("marked", 0) == DEED_E20, "%s", seen.message);
	deed_end(&job.ys, &job.y);
	deed_drop(&job.ys);
	deed_drop(&job.own);
}

/* ---- threads -------------------------------------------------------------------------------- */

static void exit_in_part(struct deed_part *part, void *context)
{
	struct job *const job = context;

	if (part->index == 1) {
		job->kept_inout = deed_inout(&job->own);
		pthread_exit(NULL);
	}
}

static void *run_and_exit(void *context)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, 4, 1);
	cr_expect(deed_parallel_for(NULL, &plan, exit_in_part, context) == 0);
	return NULL;
}

Test(task, whose_thread_exits_has_left_its_loans_behind)
{
	struct job job = { .mark = 0 };
	pthread_t thread;

	cr_assert(deed_new_zeroed(&job.own, LEN) == 0);
	cr_assert(!pthread_create(&thread, NULL, run_and_exit, &job) &&
		  !pthread_join(thread, NULL));
	cr_expect(only_fault("exited", 0) == DEED_E14, "%s", seen.message);
	cr_expect(strstr(seen.message, "pthread_exit"), "%s", seen.message);
	deed_drop(&job.own);
}

static void *use_from_thread(void *context)
{
	struct job *const job = context;

	(void)deed_at(job->x, 0); /* lent outside of all tasks, as this thread is */
	(void)deed_at(job->kept_inout, 0);
	return NULL;
}

static void make_thread(struct deed_part *part, struct job *job)
{
	pthread_t thread;

	if (part->index != 2)
		return;
	job->kept_inout = deed_part_inout(part, &job->y);
	cr_assert(!pthread_create(&thread, NULL, use_from_thread, job) &&
		  !pthread_join(thread, NULL));
}

Test(task, is_not_the_thread_that_it_makes)
{
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct job job = { .what = make_thread };

		forget();
		job_run(&job, sizes[i], SHARED);
		cr_expect(only_fault("thread", sizes[i]) == DEED_E20, "%s", seen.message);
		cr_expect(strstr(seen.message, "a loan of part 2"), "%s", seen.message);
	}
}

static void *small_region(void *context)
{
	struct level top = { .depth = DEPTH - 2 };

	(void)context;
	descend(&top);
	return NULL;
}

/* There are 8191 numbers of tasks. */
Test(task, gives_its_number_back_with_its_thread)
{
	for (int i = 0; i < 4000; i++) {
		pthread_t thread;

		cr_assert(!pthread_create(&thread, NULL, small_region, NULL) &&
			  !pthread_join(thread, NULL));
	}
	cr_expect(only_fault("threads", 0) == DEED_NO_FAULT, "%s", seen.message);
}

/* ---- fork, and signals ---------------------------------------------------------------------- */

static void fork_in_part(struct deed_part *part, struct job *job)
{
	deed_f32_inout mine;
	pid_t child;
	int status;

	/* On another thread than the caller's, if there is one. */
	if (job->pool && deed_pool_workers(job->pool) > 1 && part->worker == 0) {
		let_others_come(job);
		return;
	}
	if (atomic_fetch_add(&job->turn, 1))
		return;
	mine = deed_part_inout(part, &job->y);
	child = fork();
	if (!child) {
		deed_f32 own = DEED_EMPTY;

		deed_at(mine, 0) = deed_at(job->x, 0);
		(void)deed_sum_f32(job->x);
		if (deed_new_zeroed(&own, 8))
			_exit(1);
		{
			DEED_INOUT(v, &own);

			deed_at(v, 0) = 1;
		}
		deed_drop(&own);
		if (only_fault("child", 0) != DEED_NO_FAULT)
			_exit(2);
		deed_at(job->y, 0) = 1; /* suspended here, as it is in the parent */
		_exit(only_fault("child", 0) == DEED_E13 ? 0 : 3);
	}
	cr_assert(waitpid(child, &status, 0) == child);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", (unsigned)status);
}

Test(task, is_the_same_task_in_a_child_of_fork)
{
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct job job = { .what = fork_in_part };

		job_run(&job, sizes[i], SHARED);
		cr_expect(only_fault("fork", sizes[i]) == DEED_NO_FAULT, "%s", seen.message);
	}
}

static struct job *signalled;

static void on_signal(int signal)
{
	(void)signal;
	if (signalled->turn == 1) {
		DEED_INOUT(v, &signalled->own);

		deed_at(v, 0) = 1;
	} else {
		deed_at(signalled->y, 0) = 1;
	}
}

static void raise_one(struct deed_part *part, struct job *job)
{
	if (part->index == 2 && part->worker == 0)
		raise(SIGUSR1);
	(void)job;
}

Test(task, is_what_a_signal_handler_on_its_thread_is_in)
{
	signal(SIGUSR1, on_signal);
	for (unsigned turn = 1; turn < 3; turn++) {
		struct job job = { .what = raise_one, .turn = turn };

		forget();
		signalled = &job;
		job_run(&job, 0, NOT_SHARED);
		cr_expect(only_fault("signal", 0) == (turn == 1 ? DEED_NO_FAULT : DEED_E20), "%s",
			  seen.message);
	}
}

/* ---- parts that are no more ----------------------------------------------------------------- */

static struct deed_part *kept_part;
static bool kept_is_there;

/* What is on the stack of whoever calls it, where a part has been, is no part any more. */
static __attribute__((noinline)) void scribble(void)
{
	volatile unsigned char bytes[16384];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = 0x5a;
}

static void keep_part(struct deed_part *part, void *context)
{
	(void)context;
	__atomic_store_n(&kept_part, part, __ATOMIC_RELAXED);
}

static void scribble_part(struct deed_part *part, void *context)
{
	(void)part;
	(void)context;
	scribble();
}

static void take_of_kept(deed_f32 *ys)
{
	const deed_f32_inout mine = deed_part_inout(kept_part, ys);

	(void)mine;
}

/* The first part, unless its worker has put it where the kept one was. */
static bool is_beside_kept(const struct deed_part *part)
{
	if (!part->index)
		kept_is_there = part == kept_part;
	return !part->index && !kept_is_there;
}

static void take_of_kept_part(struct deed_part *part, void *context)
{
	if (is_beside_kept(part))
		take_of_kept(context);
}

static void ask_kept(void)
{
	(void)deed_part_scratch(kept_part);
}

static void ask_kept_part(struct deed_part *part, void *context)
{
	(void)context;
	if (is_beside_kept(part))
		ask_kept();
}

/* The part's plan is cut and shared out anew, or is of a function that has returned. */
static __attribute__((noinline)) void run_and_keep(struct deed_pool *pool, struct deed_plan *plan)
{
	struct deed_plan other;

	if (!plan)
		plan = &other;
	deed_plan_chunks(plan, LEN, CHUNK);
	cr_assert(deed_parallel_for(pool, plan, keep_part, NULL) == 0);
	deed_plan_chunks(plan, 64, 1);
	cr_assert(deed_parallel_for(pool, plan, scribble_part, NULL) == 0);
}

static void use_kept(struct deed_pool *pool, unsigned workers, unsigned seed, bool is_of_plan)
{
	DEED_AUTO(deed_f32, ys);
	struct deed_plan plan;

	cr_assert(deed_new_zeroed(&ys, LEN) == 0);
	for (unsigned how = 0; how < 4; how++) {
		run_and_keep(pool, is_of_plan ? &plan : NULL);
		scribble();
		forget();
		kept_is_there = false;
		deed_plan_chunks(&plan, LEN, CHUNK);
		deed_share_inout(&plan, &ys, DEED_BY_INDEX);
		if (how == 0)
			take_of_kept(&ys);
		else if (how == 1)
			ask_kept();
		cr_assert(deed_parallel_for(pool, &plan,
					    how == 2   ? take_of_kept_part
					    : how == 3 ? ask_kept_part
						       : scribble_part,
					    &ys) == 0);
		cr_expect(only_fault("kept", workers) == (kept_is_there ? DEED_NO_FAULT : DEED_E20),
			  "%u, seed %u: %s", how, seed, seen.message);
	}
}

Test(task, knows_its_part_from_one_that_is_over)
{
	char option[32];

	for (unsigned run = 0; run < 10 * ARRAY_LEN(sizes); run++) {
		const unsigned workers = sizes[run % ARRAY_LEN(sizes)];
		const unsigned seed = run / ARRAY_LEN(sizes);
		struct deed_pool *pool = NULL;

		snprintf(option, sizeof option, "schedule=%u", seed);
		cr_assert(deed_options_parse(option) == 0);
		cr_assert(!workers || deed_pool_new(&pool, workers) == 0);
		use_kept(pool, workers, seed, run & 4);
		(void)deed_pool_free(&pool);
	}
	cr_assert(deed_options_parse("schedule=0") == 0);
}

/* ---- cancelling ----------------------------------------------------------------------------- */

struct cancelling {
	void (*act)(struct deed_part *part, struct cancelling *c);
	struct deed_part *kept, copy;
};

/* Both of what a part may do, but to take from it. */
static void cancel(struct deed_part *part)
{
	cr_expect(!deed_part_is_cancelled(part));
	deed_part_cancel(part, -7);
}

static void cancel_own(struct deed_part *part, struct cancelling *c)
{
	(void)c;
	cancel(part);
	cr_expect(deed_part_is_cancelled(part));
}

static void cancel_by_copy(struct deed_part *part, struct cancelling *c)
{
	struct deed_part copy = *part;

	(void)c;
	cancel(&copy);
	cr_expect(!deed_part_is_cancelled(part));
}

static void cancel_kept(struct deed_part *part, void *context)
{
	(void)part;
	cancel(((struct cancelling *)context)->kept);
}

static void cancel_around(struct deed_part *part, struct cancelling *c)
{
	struct deed_plan plan;

	c->kept = part;
	deed_plan_chunks(&plan, 1, 1);
	cr_expect(deed_parallel_for(NULL, &plan, cancel_kept, c) == 0,
		  "the inner one is cancelled");
	cr_expect(deed_part_is_cancelled(part));
}

static void *cancel_on_thread(void *context)
{
	cancel(context);
	return NULL;
}

static void cancel_by_thread(struct deed_part *part, struct cancelling *c)
{
	pthread_t thread;

	(void)c;
	cr_assert(pthread_create(&thread, NULL, cancel_on_thread, part) == 0);
	pthread_join(thread, NULL);
	cr_expect(!deed_part_is_cancelled(part));
}

static int cancel_in_background(void *owner, void *context)
{
	(void)owner;
	cancel(context);
	return 0;
}

static void cancel_by_async(struct deed_part *part, struct cancelling *c)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_f32 owner = DEED_EMPTY;

	(void)c;
	cr_assert(deed_new(&owner, 1) == 0);
	cr_assert(deed_async(NULL, &async, cancel_in_background, &owner, part) == 0);
	cr_expect(deed_await(&async, &owner) == 0);
	cr_expect(!deed_part_is_cancelled(part));
	deed_drop(&owner);
}

static void keep(struct deed_part *part, struct cancelling *c)
{
	c->kept = part;
	c->copy = *part;
}

static void cancel_by_old_copy(struct deed_part *part, struct cancelling *c)
{
	cancel(&c->copy);
	cr_expect(!deed_part_is_cancelled(part));
}

static void cancelling_part(struct deed_part *part, void *context)
{
	struct cancelling *const c = context;

	c->act(part, c);
}

Test(task, cancels_by_its_own_part_or_by_one_around_it)
{
	static const struct {
		const char *name;
		void (*act)(struct deed_part *part, struct cancelling *c);
		enum deed_fault fault;
		int err;
	} cases[] = {
		{ "own", cancel_own, DEED_NO_FAULT, -7 },
		{ "around", cancel_around, DEED_NO_FAULT, -7 },
		{ "copy", cancel_by_copy, DEED_E20, 0 },
		{ "thread", cancel_by_thread, DEED_E20, 0 },
		{ "async", cancel_by_async, DEED_E20, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (size_t size = 0; size < ARRAY_LEN(sizes); size++) {
			struct cancelling c = { .act = cases[i].act };
			struct deed_pool *pool = NULL;
			struct deed_plan plan;
			enum deed_fault got;

			cr_assert(!sizes[size] || deed_pool_new(&pool, sizes[size]) == 0);
			forget();
			deed_plan_chunks(&plan, 1, 1);
			cr_expect(deed_parallel_for(pool, &plan, cancelling_part, &c) ==
					  cases[i].err,
				  "%s", cases[i].name);
			got = only_fault(cases[i].name, sizes[size]);
			cr_expect(got == cases[i].fault, "%s, %u workers: got %s", cases[i].name,
				  sizes[size], trapped_id(got));
			c.act = keep;
			cr_expect(deed_parallel_for(pool, &plan, cancelling_part, &c) == 0);
			forget();
			cancel(c.kept);
			cr_expect(only_fault("kept", sizes[size]) == DEED_E20);
			c.act = cancel_by_old_copy;
			forget();
			cr_expect(deed_parallel_for(pool, &plan, cancelling_part, &c) == 0);
			cr_expect(only_fault("old copy", sizes[size]) == DEED_E20);
			deed_pool_free(&pool);
		}
}
