/* SPDX-License-Identifier: MIT
 *
 * lib/pool.c - the parts of a plan are given out, and worked on.
 *
 * A sweep begins with as many *ranges* of parts as there may be workers, each a word {lo, hi} on a
 * cache line of its own, on the caller's stack:
 *
 *     worker    0 (the caller)     1                  2
 *     range     [0, 40)            [40, 80)           [80, 120)
 *               takes from the front --->       <--- others take half from the back
 *
 * A worker takes from the front of its own range; when that is empty, half of what is left of
 * another's from its back, which becomes its own range, for others to take half of. So a worker
 * that is late, or never comes, keeps nobody waiting, and uneven parts even out. All is done by
 * compare-and-swap of one word, which says exactly which parts nobody has begun with: a word that
 * comes again after others means what it says, and no tags are needed. Nothing else goes through a
 * range, so its order is relaxed; what the caller wrote comes with the offer, and what the parts
 * wrote goes with the lane (crew.h).
 *
 * A plan that is dynamic gives one part at a time. Else a worker takes a sixteenth of what is left
 * in its range: parts of some ten nanoseconds then cost no compare-and-swap each, and the last ones
 * are still taken one by one. Worker n begins at range n in every sweep: from one sweep of a loop
 * to the next, the same elements are in the same cache.
 *
 * The caller is worker 0. It offers the sweep to the idle lanes, works as the others do, then
 * takes back what offers nobody has taken, and waits for the workers that came: they are at their
 * last parts. While it looks, it also takes what parts it still finds. Workers that sleep are
 * woken as a tree: the caller wakes two, and each that comes wakes two more.
 *
 * A null pool, a pool without other workers and a plan of one part are a loop. schedule=SEED is
 * one too, in an order that is drawn: lib/trap/schedule.h.
 */
#include "deed/pool.h"

#include <errno.h>

#include "crew.h"
#include "deed/arena.h"
#include "trap/lease.h"
#include "trap/options.h"
#include "trap/schedule.h"
#include "trap/share.h"
#include "trap/taking.h"
#include "trap/task.h"

/* Ranges lie on the caller's stack: 4 KiB. More workers than that share them. */
#define RANGES_MAX 64

/* A static plan's worker takes this part of what is left in its range. */
#define BITE_DIVISOR 16

/* How many a worker wakes: a system call each, before it begins with its parts. */
#define WAKES_PER_WORKER 2

struct range {
	uint64_t word __attribute__((aligned(64))); /* lo, and hi << 32 */
};

/* The first line is read by all who come, and not written while they are there, but for the last
 * words: until all are awake, and when a part cancels. */
struct deed_sweep {
	struct deed_plan *plan __attribute__((aligned(DEED_SWEEP_ALIGN)));
	deed_part_fn fn;
	void *context;
	struct range *ranges;
	struct deed_pool *pool;
	uint32_t range_count;
	uint32_t next_to_wake; /* the lanes from here on may sleep */
	uint64_t cancelled;    /* {err, index of the part << 32}; or NOT_CANCELLED */
	uint32_t forks;	       /* when it began: a child that a part makes has more */

	const struct deed_site *at;
	struct deed_team team; /* trap builds */
	char begins, ends;     /* addresses for ThreadSanitizer */
};

_Static_assert(_Alignof(struct deed_sweep) == DEED_SWEEP_ALIGN, "states fit below an address");

#define NOT_CANCELLED UINT64_MAX

/* What one worker has of a sweep: a part's `job`. */
struct deed_job {
	struct deed_sweep *sweep;
	bool has_scratch;      /* in the part that it is at */
	struct deed_task task; /* trap builds */
	struct deed_scratch scratch;
};

/* ---- one part ------------------------------------------------------------------------------- */

static bool is_cancelled(const struct deed_sweep *sweep)
{
	return __atomic_load_n(&sweep->cancelled, __ATOMIC_RELAXED) != NOT_CANCELLED;
}

/* Whether this is a child that one of its parts made: the other parts are its parent's. */
static bool is_in_child(const struct deed_sweep *sweep)
{
	return sweep->forks != deed_forks;
}

static bool is_over(const struct deed_sweep *sweep)
{
	return is_cancelled(sweep) || is_in_child(sweep);
}

static void begin_turn(struct deed_job *job)
{
	if (DEED_TRAP)
		deed_turn_begin(&job->task, &job->sweep->team, job->sweep->team.frame,
				job->sweep->at);
}

static void end_turn(struct deed_job *job)
{
	if (DEED_TRAP)
		deed_turn_end(&job->task);
}

static void run_part(struct deed_job *job, size_t index, unsigned worker)
{
	struct deed_sweep *const sweep = job->sweep;
	struct deed_part part = deed_plan_part(sweep->plan, index);

	part.worker = worker;
	part.job = job;
	if (DEED_TRAP)
		deed_task_begin(&job->task, &part, index);
	sweep->fn(&part, sweep->context);
	if (DEED_UNLIKELY(job->has_scratch)) {
		job->has_scratch = false;
		if (DEED_TRAP)
			deed_lease_end(&job->scratch);
		deed_scratch_close_(&job->scratch, DEED_FRAME);
	}
	if (DEED_TRAP)
		deed_task_end(&job->task);
}

DEED_EXPORT struct deed_arena *deed_part_scratch_(struct deed_part *part, const void *frame,
						  const struct deed_site *at)
{
	struct deed_job *const job = part->job;
	struct deed_arena *refused;

	if (DEED_TRAP && deed_lease_refuses(part, &refused, frame, at))
		return refused;
	if (!job->has_scratch) {
		job->has_scratch = true;
		(void)deed_scratch_open_(&job->scratch, frame, at);
		if (DEED_TRAP)
			deed_lease_begin(&job->scratch, at);
	}
	return job->scratch.arena;
}

/* The high half, the part's index, decides. Of one part the first call counts. */
DEED_EXPORT void deed_part_cancel_(struct deed_part *part, int err, const void *frame,
				   const struct deed_site *at)
{
	uint64_t *cancelled, mine, seen;

	if (DEED_TRAP && deed_part_is_not_ours(part, "cancelled", frame, at))
		return;
	mine = (uint64_t)part->index << 32 | (uint32_t)err;
	cancelled = &part->job->sweep->cancelled;
	seen = __atomic_load_n(cancelled, __ATOMIC_RELAXED);
	while (mine >> 32 < seen >> 32 &&
	       !__atomic_compare_exchange_n(cancelled, &seen, mine, true, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED))
		;
}

DEED_EXPORT int deed_part_is_cancelled_(const struct deed_part *part, const void *frame,
					const struct deed_site *at)
{
	if (DEED_TRAP && deed_part_is_not_ours(part, "asked about", frame, at))
		return 0;
	return is_cancelled(part->job->sweep);
}

/* ---- ranges --------------------------------------------------------------------------------- */

struct parts {
	uint32_t lo, hi;
};

static uint64_t word_of(struct parts parts)
{
	return parts.lo | (uint64_t)parts.hi << 32;
}

static struct parts parts_of(uint64_t word)
{
	const struct parts parts = { (uint32_t)word, (uint32_t)(word >> 32) };

	return parts;
}

/* Takes parts from the front of a range, into *ret; false if there are none. */
static bool take(struct range *range, bool is_dynamic, struct parts *ret)
{
	uint64_t seen = __atomic_load_n(&range->word, __ATOMIC_RELAXED);
	struct parts left;
	uint32_t bite;

	do {
		left = parts_of(seen);
		if (left.lo == left.hi)
			return false;
		bite = is_dynamic ? 1 : (left.hi - left.lo - 1) / BITE_DIVISOR + 1;
		*ret = (struct parts){ left.lo, left.lo + bite };
		left.lo += bite;
	} while (!__atomic_compare_exchange_n(&range->word, &seen, word_of(left), true,
					      __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return true;
}

/* Takes half of what is left from the back of a range. */
static bool take_half(struct range *range, struct parts *ret)
{
	uint64_t seen = __atomic_load_n(&range->word, __ATOMIC_RELAXED);
	struct parts left;
	uint32_t half;

	do {
		left = parts_of(seen);
		if (left.lo == left.hi)
			return false;
		half = (left.hi - left.lo - 1) / 2 + 1;
		*ret = (struct parts){ left.hi - half, left.hi };
		left.hi -= half;
	} while (!__atomic_compare_exchange_n(&range->word, &seen, word_of(left), true,
					      __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return true;
}

/* Takes parts for the worker whose range is `home`, from any. */
static bool find_parts(struct deed_sweep *sweep, uint32_t home, struct parts *ret)
{
	const bool is_dynamic = sweep->plan->is_dynamic;
	uint64_t empty;

	if (take(&sweep->ranges[home], is_dynamic, ret))
		return true;
	for (uint32_t i = 1; i < sweep->range_count; i++) {
		const uint32_t other =
			home + i < sweep->range_count ? home + i : home + i - sweep->range_count;

		if (!take_half(&sweep->ranges[other], ret))
			continue;
		/* Where others may take them too; but for one that another worker of this range
		 * has put some into. */
		empty = __atomic_load_n(&sweep->ranges[home].word, __ATOMIC_RELAXED);
		if (parts_of(empty).lo == parts_of(empty).hi &&
		    __atomic_compare_exchange_n(&sweep->ranges[home].word, &empty, word_of(*ret),
						false, __ATOMIC_RELAXED, __ATOMIC_RELAXED) &&
		    !take(&sweep->ranges[home], is_dynamic, ret))
			continue;
		return true;
	}
	return false;
}

static void work_on_parts_found(struct deed_job *job, unsigned worker)
{
	struct deed_sweep *const sweep = job->sweep;
	const uint32_t home = worker % sweep->range_count;
	struct parts mine;

	while (find_parts(sweep, home, &mine))
		for (; mine.lo < mine.hi; mine.lo++) {
			if (is_over(sweep))
				return;
			run_part(job, mine.lo, worker);
		}
}

static void work_on_parts(struct deed_job *job, unsigned worker)
{
	begin_turn(job);
	work_on_parts_found(job, worker);
	end_turn(job);
}

/* ---- among workers -------------------------------------------------------------------------- */

static void wake_some(struct deed_sweep *sweep)
{
	struct deed_pool *const pool = sweep->pool;
	int woken = 0;

	/* Who sees that the wakes have begun sees what was offered before, too. */
	while (woken < WAKES_PER_WORKER &&
	       __atomic_load_n(&sweep->next_to_wake, __ATOMIC_RELAXED) < pool->workers - 1) {
		const uint32_t lane = __atomic_fetch_add(&sweep->next_to_wake, 1, __ATOMIC_ACQUIRE);

		if (lane < pool->workers - 1)
			woken += deed_lane_wake(&pool->lanes[lane], sweep);
	}
}

void deed_sweep_work(struct deed_sweep *sweep, unsigned number)
{
	struct deed_job job;

	job.sweep = sweep;
	job.has_scratch = false;
	deed_tell_acquire(&sweep->begins);
	wake_some(sweep);
	work_on_parts(&job, number);
	deed_tell_release(&sweep->ends);
}

/* Each range gets as many parts as the others, or one more. */
static void share_out(struct deed_sweep *sweep)
{
	const size_t each = sweep->plan->parts / sweep->range_count;
	const size_t more = sweep->plan->parts % sweep->range_count;
	size_t lo = 0;

	for (uint32_t i = 0; i < sweep->range_count; i++) {
		const size_t hi = lo + each + (i < more);

		sweep->ranges[i].word = word_of((struct parts){ (uint32_t)lo, (uint32_t)hi });
		lo = hi;
	}
}

/* The caller's own share, and until all that have come have left. */
static void work_and_join(struct deed_job *job, const uint64_t *offered)
{
	struct deed_sweep *const sweep = job->sweep;
	struct deed_pool *const pool = sweep->pool;
	struct deed_spin spin;

	work_on_parts(job, 0);
	for (unsigned i = 0; i + 1 < pool->workers; i++) {
		if (!(offered[i / 64] >> i % 64 & 1))
			continue;
		spin = (struct deed_spin){ 0, 0 };
		while (!deed_lane_is_left(&pool->lanes[i], sweep)) {
			if (is_in_child(sweep))
				return;
			work_on_parts(job, 0);
			if (!deed_spin(&spin, pool->spin_ns))
				deed_lane_await(&pool->lanes[i], sweep);
		}
	}
}

/* `was_used`: by another sweep at the same time. */
static void run_among_workers(struct deed_job *job, bool was_used)
{
	struct deed_sweep *const sweep = job->sweep;
	struct deed_pool *const pool = sweep->pool;
	struct range ranges[RANGES_MAX];
	uint64_t offered[DEED_WORKERS_MAX / 64] = { 0 };
	size_t wanted = deed_min(sweep->plan->parts, pool->workers) - 1;
	bool has_sleeper = false;

	sweep->range_count = (uint32_t)deed_min(wanted + 1, RANGES_MAX);
	sweep->ranges = ranges;
	sweep->next_to_wake = UINT32_MAX;
	share_out(sweep);
	deed_tell_release(&sweep->begins);
	for (unsigned i = 0; i + 1 < pool->workers && wanted; i++)
		if (deed_lane_offer(&pool->lanes[i], sweep, was_used, &has_sleeper)) {
			offered[i / 64] |= (uint64_t)1 << i % 64;
			wanted--;
		}
	if (has_sleeper) {
		__atomic_store_n(&sweep->next_to_wake, 0, __ATOMIC_RELEASE);
		wake_some(sweep);
	}
	work_and_join(job, offered);
	deed_tell_acquire(&sweep->ends);
}

/* ---- alone ---------------------------------------------------------------------------------- */

static void run_alone(struct deed_job *job)
{
	struct deed_sweep *const sweep = job->sweep;

	begin_turn(job);
	for (size_t i = 0; i < sweep->plan->parts && !is_over(sweep); i++)
		run_part(job, i, 0);
	end_turn(job);
}

/* Trap builds only. */
static void run_as_drawn(struct deed_job *job)
{
	struct deed_sweep *const sweep = job->sweep;
	const unsigned workers = deed_pool_workers(sweep->pool);
	const size_t parts = sweep->plan->parts;
	struct deed_schedule schedule = { 0 };

	if (DEED_TRAP)
		schedule = deed_schedule(deed_options.schedule, parts);
	begin_turn(job);
	for (size_t i = 0; DEED_TRAP && i < parts && !is_over(sweep); i++) {
		const size_t index = deed_schedule_part(&schedule, i);

		run_part(job, index, deed_schedule_worker(&schedule, index, workers));
	}
	end_turn(job);
}

/* ---- a sweep ------------------------------------------------------------------------------- */

static void run(struct deed_job *job)
{
	struct deed_pool *const pool = job->sweep->pool;
	const bool was_used = pool && __atomic_fetch_add(&pool->sweeps, 1, __ATOMIC_SEQ_CST) != 0;

	if (DEED_TRAP && deed_options.schedule)
		run_as_drawn(job);
	else if (!pool || pool->workers == 1 || job->sweep->plan->parts < 2)
		run_alone(job);
	else
		run_among_workers(job, was_used);
	if (pool)
		__atomic_fetch_sub(&pool->sweeps, 1, __ATOMIC_SEQ_CST);
}

DEED_EXPORT int deed_parallel_for_(struct deed_pool *pool, struct deed_plan *plan, deed_part_fn fn,
				   void *context, const void *frame, const struct deed_site *at)
{
	struct deed_sweep sweep;
	struct deed_job job;
	int err;

	if (DEED_TRAP && !deed_plan_is_cut(plan, "run by what is no plan", frame, at))
		return plan->err;
	if (DEED_TRAP && !deed_plan_is_idle(plan, "run by a plan that is at work", frame, at))
		return -EINVAL;
	err = plan->err ? plan->err : plan->share_err;
	if (!plan->chunk && !err)
		err = -EINVAL; /* of all zeroes: cutting keeps an error, or a chunk */
	sweep.plan = plan;
	sweep.fn = fn;
	sweep.context = context;
	sweep.pool = pool;
	sweep.cancelled = NOT_CANCELLED;
	sweep.forks = deed_forks;
	sweep.at = at;
	job.sweep = &sweep;
	job.has_scratch = false;
	if (DEED_TRAP)
		deed_team_begin(&sweep.team, plan, frame, at);
	if (!err && pool && deed_pool_is_lost(pool))
		err = -ESRCH;
	if (!err) {
		run(&job);
		if (is_in_child(&sweep))
			err = -ESRCH;
		else if (sweep.cancelled != NOT_CANCELLED)
			err = (int)(uint32_t)sweep.cancelled;
	}
	if (DEED_TRAP)
		deed_team_end(&sweep.team);
	plan->share_count = 0;
	plan->share_err = 0;
	return err;
}
