/* SPDX-License-Identifier: MIT
 *
 * tests/pool_body.h - the pool's promises, which are the same in both flavours.
 *
 * tests/test_pool.c and tests/test_release_pool.c say what POOL_TEST(name) is, and include this.
 */
#ifndef POOL_BODY_H
#define POOL_BODY_H

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crew.h"
#include "deed.h"
#include "deed/pool.h"
#include "deed/share.h"
#include "work.h"

#define LEN(array) (sizeof(array) / sizeof *(array))

static struct deed_pool *pool_of(unsigned workers)
{
	struct deed_pool *pool = NULL;
	const int err = deed_pool_new(&pool, workers);

	cr_assert(err == 0, "a pool of %u workers: %s", workers, strerror(-err));
	return pool;
}

static void end_pool(struct deed_pool *pool)
{
	cr_assert_eq(deed_pool_free(&pool), 0);
	cr_assert_null(pool);
}

/* Sleeps: what is waited for comes from another thread. False if it does not come. */
static bool comes(bool (*is_there)(void *), void *context)
{
	for (int i = 0; i < 10000; i++) {
		if (is_there(context))
			return true;
		(void)poll(NULL, 0, 1);
	}
	return false;
}

static uint64_t cpu_us(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
	       (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* ---- every part once ------------------------------------------------------------------------ */

/* What the parts of one sweep leave; the asserting is done when it is over. */
struct tally {
	atomic_uint *begun; /* how often, of each part */
	atomic_uint busy[DEED_WORKERS_MAX];
	atomic_uint wrong;
	unsigned workers;
	size_t count, chunk;
};

static void tally_part(struct deed_part *part, void *context)
{
	struct tally *const tally = context;
	const size_t lo = part->index * tally->chunk;
	const size_t hi = lo + tally->chunk < tally->count ? lo + tally->chunk : tally->count;

	if (part->worker >= tally->workers || part->lo != lo || part->hi != hi || part->x_lo != 0 ||
	    part->x_hi != 1)
		atomic_fetch_add(&tally->wrong, 1);
	if (atomic_exchange(&tally->busy[part->worker], 1))
		atomic_fetch_add(&tally->wrong, 1);
	atomic_fetch_add(&tally->begun[part->index], 1);
	atomic_store(&tally->busy[part->worker], 0);
}

static void expect_each_once(struct deed_pool *pool, size_t count, size_t chunk, bool is_dynamic)
{
	static struct tally tally;
	struct deed_plan plan;

	deed_plan_chunks(&plan, count, chunk);
	if (is_dynamic)
		deed_plan_dynamic(&plan);
	tally.begun = calloc(plan.parts + 1, sizeof *tally.begun);
	tally.wrong = 0;
	tally.workers = deed_pool_workers(pool);
	tally.count = count;
	tally.chunk = chunk;
	cr_assert_eq(deed_parallel_for(pool, &plan, tally_part, &tally), 0);
	cr_expect(tally.wrong == 0, "%zu parts, %u workers: %u parts were not as they should",
		  plan.parts, tally.workers, tally.wrong);
	for (size_t i = 0; i < plan.parts; i++)
		cr_assert(tally.begun[i] == 1,
			  "%zu parts, %u workers, dynamic %d: part %zu %u times", plan.parts,
			  tally.workers, is_dynamic, i, tally.begun[i]);
	cr_expect(tally.begun[plan.parts] == 0);
	free(tally.begun);
}

POOL_TEST(works_on_every_part_once)
{
	static const unsigned workers[] = { 1, 2, 3, 4, 5, 7, 8, 16, 17, 33, 64, 65, 100 };
	static const size_t counts[] = { 0,  1,	 2,  3,	 4,  5,	  15,  16,  17,	  31,	32,
					 33, 63, 64, 65, 66, 100, 127, 128, 1000, 1024, 10007 };

	for (size_t w = 0; w < LEN(workers); w++) {
		struct deed_pool *const pool = pool_of(workers[w]);

		cr_expect_eq(deed_pool_workers(pool), workers[w]);
		for (size_t i = 0; i < LEN(counts); i++)
			for (size_t chunk = 1; chunk <= 8; chunk *= 2) {
				expect_each_once(pool, counts[i], chunk, false);
				expect_each_once(pool, counts[i], chunk, true);
			}
		end_pool(pool);
	}
}

POOL_TEST(works_on_every_part_once_again_and_again)
{
	struct deed_pool *const pool = pool_of(4);

	for (size_t i = 0; i < 20000; i++)
		expect_each_once(pool, i % 40, 1 + i % 3, i % 2);
	end_pool(pool);
}

POOL_TEST(a_null_pool_is_the_calling_thread)
{
	struct deed_pool *none = NULL;

	cr_expect_eq(deed_pool_workers(NULL), 1);
	cr_expect_eq(deed_pool_free(&none), 0);
	expect_each_once(NULL, 0, 1, false);
	expect_each_once(NULL, 1000, 7, false);
	expect_each_once(NULL, 1000, 7, true);
}

static void tally_tile(struct deed_part *part, void *context)
{
	atomic_uint *const cells = context;

	for (size_t y = part->lo; y < part->hi; y++)
		for (size_t x = part->x_lo; x < part->x_hi; x++)
			atomic_fetch_add(&cells[y * 90 + x], 1);
}

POOL_TEST(tiles_cover_the_rectangle_once)
{
	struct deed_pool *const pool = pool_of(3);
	static atomic_uint cells[70 * 90];
	struct deed_plan plan;

	deed_plan_tiles(&plan, 70, 90, 16, 7);
	cr_assert_eq(deed_parallel_for(pool, &plan, tally_tile, cells), 0);
	for (size_t i = 0; i < LEN(cells); i++)
		cr_assert_eq(cells[i], 1);
	end_pool(pool);
}

static void fill_part(struct deed_part *part, void *context)
{
	unsigned *const values = context;

	for (size_t i = part->lo; i < part->hi; i++)
		values[i] = 3 * values[i] + 1;
}

/* Plain memory: what is written on either side is seen on the other. */
POOL_TEST(hands_memory_over_both_ways)
{
	enum { COUNT = 5000, ROUNDS = 300 };
	struct deed_pool *const pool = pool_of(4);
	unsigned *const values = calloc(COUNT, sizeof *values);
	unsigned expected = 0;
	struct deed_plan plan;

	deed_plan_parts(&plan, COUNT, 16);
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < COUNT; i++)
			values[i] += (unsigned)round;
		cr_assert_eq(deed_parallel_for(pool, &plan, fill_part, values), 0);
		expected = 3 * (expected + (unsigned)round) + 1;
		for (size_t i = 0; i < COUNT; i++)
			cr_assert_eq(values[i], expected);
	}
	free(values);
	end_pool(pool);
}

/* ---- who works ------------------------------------------------------------------------------ */

struct stuck {
	atomic_uint done;
	size_t parts;
	bool is_over;
};

static bool all_others_are_done(void *context)
{
	struct stuck *const stuck = context;

	return stuck->done == stuck->parts - 1;
}

/* Part 0 ends when all the others have: somebody else must do them, those of its range too. */
static void wait_for_others(struct deed_part *part, void *context)
{
	struct stuck *const stuck = context;

	if (part->index == 0)
		stuck->is_over = comes(all_others_are_done, stuck);
	atomic_fetch_add(&stuck->done, 1);
}

POOL_TEST(others_take_over_what_a_worker_has_not_begun_with)
{
	struct deed_pool *const pool = pool_of(2);
	struct stuck stuck = { 0, 1000, false };
	struct deed_plan plan;

	deed_plan_chunks(&plan, 1000, 1);
	deed_plan_dynamic(&plan);
	cr_assert_eq(deed_parallel_for(pool, &plan, wait_for_others, &stuck), 0);
	cr_expect(stuck.is_over);
	end_pool(pool);
}

struct meeting {
	atomic_uint here;
	unsigned expected;
	atomic_uint missed;
};

static bool all_are_here(void *context)
{
	struct meeting *const meeting = context;

	return meeting->here >= meeting->expected;
}

static void meet(struct deed_part *part, void *context)
{
	struct meeting *const meeting = context;

	(void)part;
	atomic_fetch_add(&meeting->here, 1);
	if (!comes(all_are_here, meeting))
		atomic_fetch_add(&meeting->missed, 1);
}

/* Sleeping workers are woken as a tree: all of them, of small and of large pools. */
POOL_TEST(all_workers_come_when_there_is_a_part_for_each)
{
	static const unsigned workers[] = { 2, 3, 4, 8, 40, 64, 90 };

	for (size_t i = 0; i < LEN(workers); i++) {
		struct deed_pool *const pool = pool_of(workers[i]);

		for (int round = 0; round < 5; round++) {
			struct meeting meeting = { 0, workers[i], 0 };
			struct deed_plan plan;

			(void)poll(NULL, 0, round % 2 ? 3 : 0);
			deed_plan_chunks(&plan, workers[i], 1);
			cr_assert_eq(deed_parallel_for(pool, &plan, meet, &meeting), 0);
			cr_assert_eq(meeting.missed, 0);
		}
		end_pool(pool);
	}
}

/* Nobody waits for a worker that has not begun: here there is none. */
POOL_TEST(an_offer_that_nobody_takes_is_taken_back)
{
	static char ours_[64] __attribute__((aligned(64))),
		others_[64] __attribute__((aligned(64)));
	const struct deed_sweep *const ours = (const struct deed_sweep *)(void *)ours_;
	const struct deed_sweep *const others = (const struct deed_sweep *)(void *)others_;
	struct deed_lane lane = { .word = DEED_LANE_IDLE };
	bool sleeps = false;

	for (int is_first_look = 0; is_first_look < 2; is_first_look++) {
		cr_expect(deed_lane_offer(&lane, ours, is_first_look, &sleeps) && !sleeps);
		cr_expect_eq(lane.word, deed_lane_word(ours, DEED_LANE_OFFERED));
		cr_expect(!deed_lane_offer(&lane, others, is_first_look, &sleeps));
		cr_expect(!deed_lane_wake(&lane, ours) && deed_lane_is_left(&lane, others));
		cr_expect(deed_lane_is_left(&lane, ours) && lane.word == DEED_LANE_IDLE);
	}
	lane.word = DEED_LANE_ASLEEP;
	cr_expect(deed_lane_offer(&lane, ours, false, &sleeps) && sleeps);
	cr_expect(!deed_lane_wake(&lane, others));
	cr_expect(deed_lane_is_left(&lane, ours) && lane.word == DEED_LANE_ASLEEP);
	cr_expect(deed_lane_offer(&lane, ours, true, &sleeps) && deed_lane_wake(&lane, ours));
	cr_expect(!deed_lane_wake(&lane, ours), "once");
	cr_expect(deed_lane_is_left(&lane, ours) && lane.word == DEED_LANE_IDLE);
	lane.word = DEED_LANE_BUSY;
	cr_expect(!deed_lane_offer(&lane, ours, false, &sleeps));
	lane.word = deed_lane_word(ours, DEED_LANE_TAKEN);
	cr_expect(!deed_lane_is_left(&lane, ours) && deed_lane_is_left(&lane, others));
	lane.word = deed_lane_word(ours, DEED_LANE_AWAITED);
	cr_expect(!deed_lane_is_left(&lane, ours) && deed_lane_is_left(&lane, others));
}

/* ---- nesting, and several callers ----------------------------------------------------------- */

struct nest {
	struct deed_pool *pool;
	unsigned depth;
	atomic_size_t leaves;
	atomic_uint errors;
};

struct nest_level {
	struct nest *nest;
	unsigned depth;
};

static void nest_part(struct deed_part *part, void *context)
{
	const struct nest_level *const level = context;
	struct nest_level next = { level->nest, level->depth + 1 };
	struct deed_plan plan;

	(void)part;
	if (level->depth == level->nest->depth) {
		atomic_fetch_add(&level->nest->leaves, 1);
		return;
	}
	deed_plan_chunks(&plan, 6, 1);
	if (level->depth % 2)
		deed_plan_dynamic(&plan);
	if (deed_parallel_for(level->nest->pool, &plan, nest_part, &next))
		atomic_fetch_add(&level->nest->errors, 1);
}

static void expect_nesting(struct deed_pool *pool)
{
	struct nest nest = { pool, 4, 0, 0 };
	struct nest_level top = { &nest, 1 };
	struct deed_plan plan;

	deed_plan_chunks(&plan, 6, 1);
	for (int round = 0; round < 30; round++) {
		nest.leaves = 0;
		cr_assert_eq(deed_parallel_for(pool, &plan, nest_part, &top), 0);
		cr_assert_eq(nest.leaves, 6 * 6 * 6 * 6);
	}
	cr_assert_eq(nest.errors, 0);
}

POOL_TEST(calls_nest)
{
	static const unsigned workers[] = { 1, 2, 3, 8, 33 };

	expect_nesting(NULL);
	for (size_t i = 0; i < LEN(workers); i++) {
		struct deed_pool *const pool = pool_of(workers[i]);

		expect_nesting(pool);
		end_pool(pool);
	}
}

/* A worker that has left one sweep is there for another, before the first is over. */
static void nest_when_alone(struct deed_part *part, void *context)
{
	struct nest *const nest = context;
	struct meeting meeting = { 0, 2, 0 };
	struct deed_plan plan;

	if (part->index != 0)
		return;
	deed_plan_chunks(&plan, 2, 1);
	atomic_fetch_add(&nest->errors,
			 (unsigned)!!deed_parallel_for(nest->pool, &plan, meet, &meeting));
	atomic_fetch_add(&nest->errors, meeting.missed);
}

/* Who finds it still busy works alone, which is right too: so it is tried until it is not. */
POOL_TEST(a_nested_call_gets_workers_that_are_idle)
{
	struct deed_pool *const pool = pool_of(3);
	struct nest nest = { pool, 0, 0, 0 };
	struct deed_plan plan;

	deed_plan_chunks(&plan, 2, 1);
	for (int round = 0; round < 20; round++)
		cr_assert_eq(deed_parallel_for(pool, &plan, nest_when_alone, &nest), 0);
	cr_expect_eq(nest.errors, 0);
	end_pool(pool);
}

struct caller {
	struct deed_pool *pool;
	pthread_t thread;
	size_t rounds, parts_done;
	int err;
};

static void count_part(struct deed_part *part, void *context)
{
	(void)part;
	atomic_fetch_add((atomic_size_t *)context, 1);
}

static void *call_often(void *context)
{
	struct caller *const caller = context;

	for (size_t i = 0; i < caller->rounds && !caller->err; i++) {
		atomic_size_t count = 0;
		struct deed_plan plan;

		deed_plan_chunks(&plan, 1 + i % 50, 1);
		if (i % 3 == 0)
			deed_plan_dynamic(&plan);
		caller->err = deed_parallel_for(caller->pool, &plan, count_part, &count);
		if (count != plan.parts)
			caller->err = 1;
	}
	return NULL;
}

POOL_TEST(several_threads_use_one_pool)
{
	static const unsigned workers[] = { 1, 2, 4, 16 };

	for (size_t w = 0; w < LEN(workers); w++) {
		struct caller callers[6];
		struct deed_pool *const pool = pool_of(workers[w]);

		for (size_t i = 0; i < LEN(callers); i++) {
			callers[i] = (struct caller){ .pool = pool, .rounds = 3000 };
			pthread_create(&callers[i].thread, NULL, call_often, &callers[i]);
		}
		for (size_t i = 0; i < LEN(callers); i++) {
			pthread_join(callers[i].thread, NULL);
			cr_expect_eq(callers[i].err, 0);
		}
		end_pool(pool);
	}
}

static void *make_and_free(void *context)
{
	int *const err = context;

	for (unsigned i = 0; i < 60 && !*err; i++) {
		atomic_size_t count = 0;
		struct deed_pool *pool = NULL;
		struct deed_plan plan;

		deed_plan_chunks(&plan, i, 1);
		*err = deed_pool_new(&pool, 1 + i % 9);
		if (!*err && i % 4)
			*err = deed_parallel_for(pool, &plan, count_part, &count);
		if (!*err && i % 4 && count != plan.parts)
			*err = 1;
		if (!*err)
			*err = deed_pool_free(&pool);
	}
	return NULL;
}

POOL_TEST(pools_come_and_go_on_several_threads)
{
	pthread_t threads[5];
	int errs[5] = { 0 };

	for (size_t i = 0; i < LEN(threads); i++)
		pthread_create(&threads[i], NULL, make_and_free, &errs[i]);
	for (size_t i = 0; i < LEN(threads); i++) {
		pthread_join(threads[i], NULL);
		cr_expect(errs[i] == 0, "%d", errs[i]);
	}
}

struct sharing {
	deed_u8_inout bytes;
};

static void count_shared(struct deed_part *part, void *context)
{
	const struct sharing *const sharing = context;
	const deed_u8_inout mine = deed_part_inout(part, &sharing->bytes);

	for (size_t i = 0; i < deed_len(mine); i++)
		deed_at(mine, i)++;
}

POOL_TEST(what_was_shared_out_is_so_no_longer)
{
	struct deed_pool *const pool = pool_of(3);
	deed_u8 owner = DEED_EMPTY;
	struct deed_plan plan;

	cr_assert_eq(deed_new_zeroed(&owner, 1000), 0);
	{
		DEED_INOUT(bytes, &owner);
		struct sharing sharing = { bytes };

		deed_plan_chunks(&plan, 1000, 64);
		for (unsigned round = 1; round < 30; round++) {
			deed_share_inout(&plan, &sharing.bytes, DEED_BY_INDEX);
			plan.err = -EINVAL;
			cr_assert_eq(deed_parallel_for(pool, &plan, count_shared, &sharing),
				     -EINVAL);
			plan.err = 0;
			deed_share_inout(&plan, &sharing.bytes, DEED_BY_INDEX);
			cr_assert_eq(deed_parallel_for(round % 3 ? pool : NULL, &plan, count_shared,
						       &sharing),
				     0);
			for (size_t i = 0; i < 1000; i++)
				cr_assert_eq(deed_at(bytes, i), round);
		}
	}
	deed_drop(&owner);
	end_pool(pool);
}

/* ---- errors --------------------------------------------------------------------------------- */

static void never(struct deed_part *part, void *context)
{
	(void)part;
	atomic_store((atomic_int *)context, 1);
}

POOL_TEST(what_is_wrong_with_a_plan_is_told_before_any_part)
{
	struct deed_pool *const pool = pool_of(2);
	atomic_int called = 0;
	struct deed_plan plan;

	deed_plan_chunks(&plan, 10, 0);
	cr_expect_eq(deed_parallel_for(pool, &plan, never, &called), -EINVAL);
	cr_expect_eq(deed_parallel_for(NULL, &plan, never, &called), -EINVAL);
	deed_plan_chunks(&plan, SIZE_MAX, 1);
	cr_expect_eq(deed_parallel_for(pool, &plan, never, &called), -EOVERFLOW);
	deed_plan_chunks(&plan, 10, 1);
	plan.err = -ENOSPC;
	cr_expect_eq(deed_parallel_for(pool, &plan, never, &called), -ENOSPC);
	cr_expect_eq(called, 0);
	end_pool(pool);
}

POOL_TEST(too_many_workers_are_refused)
{
	struct deed_pool *const none = (struct deed_pool *)(uintptr_t)64;
	struct deed_pool *pool = none;

	cr_expect_eq(deed_pool_new(&pool, DEED_WORKERS_MAX + 1), -EINVAL);
	cr_expect_eq(deed_pool_new(&pool, UINT32_MAX), -EINVAL);
	cr_expect_eq(pool, none);
}

POOL_TEST(no_number_is_at_least_one_worker)
{
	struct deed_pool *const pool = pool_of(0);

	cr_expect_geq(deed_pool_workers(pool), 1);
	cr_expect_leq(deed_pool_workers(pool), (unsigned)sysconf(_SC_NPROCESSORS_ONLN));
	expect_each_once(pool, 1000, 1, false);
	end_pool(pool);
}

static void free_inside(struct deed_part *part, void *context)
{
	struct caller *const caller = context;
	struct deed_pool *pool = caller->pool;

	if (deed_pool_free(&pool) != -EBUSY || pool != caller->pool)
		caller->err = 1;
	(void)part;
}

POOL_TEST(a_pool_does_not_end_under_its_parts)
{
	for (unsigned workers = 1; workers < 5; workers++) {
		struct caller caller = { .pool = pool_of(workers) };
		struct deed_plan plan;

		deed_plan_chunks(&plan, 100, 1);
		cr_assert_eq(deed_parallel_for(caller.pool, &plan, free_inside, &caller), 0);
		cr_expect_eq(caller.err, 0);
		end_pool(caller.pool);
	}
}

static size_t threads_now(void)
{
	DIR *const folder = opendir("/proc/self/task");
	size_t count = 0;

	while (readdir(folder))
		count++;
	closedir(folder);
	return count - 2;
}

/* A thread that was joined is in /proc for a moment more. */
static bool has_threads(void *count)
{
	return threads_now() == *(size_t *)count;
}

#if !POOL_IS_SANITIZED
/* Stands before the C library's: the thread after `threads_left` others is not given. */
static atomic_int threads_left = INT32_MAX;

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*begin)(void *),
		   void *context)
{
	static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
	if (atomic_fetch_sub(&threads_left, 1) <= 0)
		return EAGAIN;
	return real(thread, attributes, begin, context);
}

POOL_TEST(a_pool_that_gets_too_few_threads_leaves_none)
{
	size_t before = threads_now();

	for (int given = 0; given < 12; given++) {
		struct deed_pool *pool = NULL;

		threads_left = given;
		cr_expect_eq(deed_pool_new(&pool, 13), -EAGAIN);
		threads_left = INT32_MAX;
		cr_expect_null(pool);
		cr_expect(comes(has_threads, &before));
	}
}
#endif

POOL_TEST(a_pool_that_ends_leaves_no_thread)
{
	size_t before = threads_now();

	for (unsigned workers = 1; workers < 70; workers += 17) {
		struct deed_pool *const pool = pool_of(workers);

		cr_expect_eq(threads_now(), before + workers - 1);
		if (workers % 2)
			expect_each_once(pool, 100, 1, false);
		end_pool(pool);
		cr_expect(comes(has_threads, &before));
	}
}

/* ---- cancel --------------------------------------------------------------------------------- */

struct cancelling {
	atomic_size_t done;
	size_t from; /* parts from this one on cancel */
	atomic_uint late;
	int err; /* the first part's */
	struct meeting meeting;
};

static void cancel_from(struct deed_part *part, void *context)
{
	struct cancelling *const c = context;

	atomic_fetch_add(&c->done, 1);
	if (part->index < c->from)
		return;
	deed_part_cancel(part, -(int)part->index);
	if (!deed_part_is_cancelled(part))
		atomic_fetch_add(&c->late, 1);
}

POOL_TEST(a_cancelled_sweep_begins_no_more_parts)
{
	struct cancelling c = { .from = 10 };
	struct deed_pool *const pool = pool_of(4);
	struct deed_plan plan;
	int err;

	deed_plan_chunks(&plan, 1000000, 1);
	cr_expect_eq(deed_parallel_for(NULL, &plan, cancel_from, &c), -10);
	cr_expect_eq(c.done, 11);
	for (int round = 0; round < 200; round++) {
		c.done = 0;
		plan.is_dynamic = (uint32_t)round % 2;
		err = deed_parallel_for(pool, &plan, cancel_from, &c);
		cr_expect(err <= -10, "%d", err);
		cr_expect(c.done < 900000, "%zu parts", (size_t)c.done);
	}
	cr_expect_eq(c.late, 0);
	end_pool(pool);
}

/* All are at a part before any cancels. */
static void meet_and_cancel(struct deed_part *part, void *context)
{
	struct cancelling *const c = context;

	meet(part, &c->meeting);
	deed_part_cancel(part, part->index ? -(int)part->index : c->err);
	deed_part_cancel(part, c->err ? 0 : -7);
}

POOL_TEST(of_several_that_cancel_the_lowest_counts)
{
	struct deed_pool *const pool = pool_of(4);
	struct deed_plan plan;

	for (int round = 0; round < 50; round++) {
		struct cancelling c = { .err = round % 2 ? -100 : 0, .meeting = { 0, 4, 0 } };

		deed_plan_chunks(&plan, 4, 1);
		cr_expect_eq(deed_parallel_for(pool, &plan, meet_and_cancel, &c), c.err);
		cr_expect_eq(c.meeting.missed, 0);
	}
	end_pool(pool);
}

static void cancel_enough(struct deed_part *part, void *context)
{
	atomic_fetch_add((atomic_size_t *)context, 1);
	deed_part_cancel(part, 0);
}

POOL_TEST(enough_is_no_error_and_is_over_with_the_sweep)
{
	atomic_size_t count = 0;
	struct deed_plan plan;

	deed_plan_chunks(&plan, 100, 1);
	for (size_t round = 1; round < 4; round++) {
		cr_expect_eq(deed_parallel_for(NULL, &plan, cancel_enough, &count), 0);
		cr_expect_eq(count, round);
	}
}

/* ---- scratch -------------------------------------------------------------------------------- */

struct scratching {
	atomic_uint wrong;
};

static void scratch_part(struct deed_part *part, void *context)
{
	struct scratching *const s = context;
	struct deed_arena *scratch;
	unsigned char *bytes;

	if (part->index % 3 == 0)
		return;
	scratch = deed_part_scratch(part);
	if (deed_arena_stats(scratch).used || deed_part_scratch(part) != scratch)
		atomic_fetch_add(&s->wrong, 1);
	bytes = deed_arena_alloc(scratch, 100 + part->index);
	if (!bytes) {
		atomic_fetch_add(&s->wrong, 1);
		return;
	}
	memset(bytes, (int)part->index, 100 + part->index);
	for (int i = 0; i < 20; i++) {
		DEED_SCRATCH(inner);
		char *const tmp = deed_arena_alloc(inner, 50);

		if (!tmp || inner == scratch)
			atomic_fetch_add(&s->wrong, 1);
		else
			memset(tmp, 1, 50);
	}
	for (size_t i = 0; i < 100 + part->index; i++)
		if (bytes[i] != (unsigned char)part->index)
			atomic_fetch_add(&s->wrong, 1);
	if (part->index % 5)
		return;
	deed_arena_close(scratch);
	if (deed_arena_stats(scratch).reserved || deed_part_scratch(part) != scratch)
		atomic_fetch_add(&s->wrong, 1);
	bytes = deed_arena_alloc(scratch, 100);
	if (bytes)
		memset(bytes, 1, 100);
	else
		atomic_fetch_add(&s->wrong, 1);
}

static void scratch_nested(struct deed_part *part, void *context)
{
	struct scratching *const s = context;
	struct deed_arena *const scratch = deed_part_scratch(part);
	unsigned char *const bytes = deed_arena_alloc(scratch, 64);
	struct deed_plan plan;

	memset(bytes, 7, 64);
	deed_plan_chunks(&plan, 20, 1);
	if (deed_parallel_for(NULL, &plan, scratch_part, s))
		atomic_fetch_add(&s->wrong, 1);
	for (int i = 0; i < 64; i++)
		if (bytes[i] != 7)
			atomic_fetch_add(&s->wrong, 1);
}

POOL_TEST(each_part_has_an_empty_scratch_arena)
{
	static const unsigned workers[] = { 1, 2, 5 };

	for (size_t i = 0; i < LEN(workers); i++) {
		struct deed_pool *const pool = pool_of(workers[i]);
		struct scratching s = { 0 };
		struct deed_plan plan;

		deed_plan_chunks(&plan, 500, 1);
		for (int round = 0; round < 10; round++)
			cr_assert_eq(deed_parallel_for(pool, &plan, scratch_part, &s), 0);
		deed_plan_chunks(&plan, 20, 1);
		cr_assert_eq(deed_parallel_for(pool, &plan, scratch_nested, &s), 0);
		cr_expect_eq(s.wrong, 0);
		end_pool(pool);
	}
}

/* ---- threads, signals, time ----------------------------------------------------------------- */

/* How many threads have a name that begins with deed-w, and a number below `workers` behind it. */
static bool all_are_named(void *context)
{
	const unsigned workers = *(unsigned *)context;
	DIR *const folder = opendir("/proc/self/task");
	const struct dirent *entry;
	unsigned named = 0;

	while ((entry = readdir(folder))) {
		char path[300], name[32] = "", expected[32];
		FILE *file;

		snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
		file = fopen(path, "r");
		if (!file)
			continue;
		if (!fgets(name, sizeof name, file))
			name[0] = '\0';
		fclose(file);
		for (unsigned i = 1; i < workers; i++) {
			snprintf(expected, sizeof expected, "deed-w%u\n", i);
			named += !strcmp(name, expected);
		}
	}
	closedir(folder);
	return named == workers - 1;
}

POOL_TEST(workers_have_names)
{
	unsigned workers = 12;
	struct deed_pool *const pool = pool_of(workers);

	cr_expect(comes(all_are_named, &workers));
	end_pool(pool);
}

static atomic_uint alarms, alarms_elsewhere;
static pthread_t main_thread;

static void on_alarm(int signal)
{
	(void)signal;
	atomic_fetch_add(&alarms, 1);
	if (!pthread_equal(pthread_self(), main_thread))
		atomic_fetch_add(&alarms_elsewhere, 1);
}

POOL_TEST(signals_go_to_the_programs_own_threads)
{
	const struct sigaction action = { .sa_handler = on_alarm };
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, off = { { 0, 0 }, { 0, 0 } };
	struct deed_pool *const pool = pool_of(4);
	sigset_t before, after;

	main_thread = pthread_self();
	pthread_sigmask(SIG_SETMASK, NULL, &before);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (size_t i = 0; alarms < 300; i++) {
		expect_each_once(pool, i % 200, 1, i % 2);
		if (i % 64 == 0)
			(void)poll(NULL, 0, 2);
	}
	setitimer(ITIMER_REAL, &off, NULL);
	cr_expect_eq(alarms_elsewhere, 0);
	end_pool(pool);
	pthread_sigmask(SIG_SETMASK, NULL, &after);
	for (int signal = 1; signal < 32; signal++)
		cr_expect(sigismember(&before, signal) == sigismember(&after, signal));
}

struct masks {
	struct meeting meeting; /* so that each worker has a part */
	atomic_uint wrong;
};

static void find_mask(struct deed_part *part, void *context)
{
	struct masks *const masks = context;
	sigset_t mask;

	meet(part, &masks->meeting);
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	if (part->worker && (!sigismember(&mask, SIGTERM) || !sigismember(&mask, SIGUSR1) ||
			     sigismember(&mask, SIGSEGV) || sigismember(&mask, SIGABRT) ||
			     sigismember(&mask, SIGTRAP)))
		atomic_fetch_add(&masks->wrong, 1);
}

POOL_TEST(workers_block_signals_but_those_of_their_own_mistakes)
{
	struct deed_pool *const pool = pool_of(3);
	struct masks masks = { { 0, 3, 0 }, 0 };
	struct deed_plan plan;

	deed_plan_chunks(&plan, 3, 1);
	cr_assert_eq(deed_parallel_for(pool, &plan, find_mask, &masks), 0);
	cr_expect_eq(masks.meeting.missed, 0);
	cr_expect_eq(masks.wrong, 0);
	end_pool(pool);
}

POOL_TEST(an_idle_pool_takes_no_time)
{
	static const unsigned workers[] = { 2, 8 };

	for (size_t i = 0; i < LEN(workers); i++) {
		struct deed_pool *const pool = pool_of(workers[i]);
		uint64_t us;

		expect_each_once(pool, 1000, 1, false);
		(void)poll(NULL, 0, 50);
		us = cpu_us();
		(void)poll(NULL, 0, 500);
		us = cpu_us() - us;
		cr_expect(us < 2500, "%u workers took %u us of half a second", workers[i],
			  (unsigned)us);
		end_pool(pool);
	}
}

/* ---- fork ----------------------------------------------------------------------------------- */

static int status_of(pid_t child)
{
	int status = -1;

	for (int i = 0; i < 20000; i++) {
		if (waitpid(child, &status, WNOHANG) == child)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status;
		(void)poll(NULL, 0, 1);
	}
	kill(child, SIGKILL);
	(void)waitpid(child, &status, 0);
	return -1; /* it hung */
}

/* What a child can do with its parent's pool, and with its own. */
static int child_uses(struct deed_pool *pool)
{
	atomic_int called = 0;
	atomic_size_t count = 0;
	struct deed_plan plan;
	struct deed_pool *own = NULL;

	deed_plan_chunks(&plan, 10, 1);
	if (deed_parallel_for(pool, &plan, never, &called) != -ESRCH || called)
		return 1;
	deed_plan_chunks(&plan, 1, 1);
	if (deed_parallel_for(pool, &plan, never, &called) != -ESRCH || called)
		return 6;
	deed_plan_chunks(&plan, 10, 1);
	if (deed_parallel_for(NULL, &plan, count_part, &count) || count != 10)
		return 2;
	if (deed_pool_free(&pool) || pool)
		return 3;
	/* A thread that has just begun may have held a lock of AddressSanitizer's at the fork,
	 * which stays taken. */
	if (POOL_IS_SANITIZED)
		return 0;
	if (deed_pool_new(&own, 3) || deed_parallel_for(own, &plan, count_part, &count) ||
	    count != 20)
		return 4;
	return deed_pool_free(&own) ? 5 : 0;
}

POOL_TEST(a_forked_child_has_none_of_the_threads)
{
	struct deed_pool *const pool = pool_of(4);

	for (int round = 0; round < 5; round++) {
		const pid_t child = fork();

		if (!child)
			_exit(child_uses(pool));
		cr_expect_eq(status_of(child), 0);
		expect_each_once(pool, 1000, 1, false);
	}
	end_pool(pool);
}

static atomic_bool is_enough;

static void *call_until_enough(void *context)
{
	struct caller *const caller = context;

	while (!is_enough && !caller->err)
		call_often(caller);
	return NULL;
}

POOL_TEST(fork_while_others_work)
{
	struct caller callers[3];
	struct deed_pool *const pool = pool_of(3);

	for (size_t i = 0; i < LEN(callers); i++) {
		callers[i] = (struct caller){ .pool = pool, .rounds = 100 };
		pthread_create(&callers[i].thread, NULL, call_until_enough, &callers[i]);
	}
	for (int round = 0; round < 60; round++) {
		const pid_t child = fork();

		if (!child)
			_exit(child_uses(pool));
		cr_expect_eq(status_of(child), 0);
	}
	is_enough = true;
	for (size_t i = 0; i < LEN(callers); i++) {
		pthread_join(callers[i].thread, NULL);
		cr_expect_eq(callers[i].err, 0);
	}
	end_pool(pool);
}

struct forking {
	atomic_int child; /* its id in the parent, 0 in itself */
	atomic_uint *begun;
	atomic_uint came; /* a bit of each worker, the caller's the lowest */
	unsigned who;
	pid_t parent;
};

/* There must be others when the caller forks, for it must not wait for them. A worker forks as soon
 * as it can, when others of the pool may be just beginning. A thread that begins holds a lock of
 * AddressSanitizer's allocator, which in the child stays taken, and the last thread of that one
 * asks for it at its end: with gcc 12's and clang 14's it hangs once in some hundred forks, without
 * deed too. So there, all must have begun. */
static bool others_are_here(void *context)
{
	struct forking *const forking = context;

	return POOL_IS_SANITIZED ? forking->came == 7 : forking->who || forking->came & 6;
}

static void fork_in_part(struct deed_part *part, void *context)
{
	struct forking *const forking = context;
	int nobody = -2;

	atomic_fetch_add(&forking->begun[part->index], 1);
	if (getpid() != forking->parent)
		_exit(9); /* another part is begun in the child */
	atomic_fetch_or(&forking->came, 1u << part->worker);
	if (comes(others_are_here, forking) && !part->worker == !forking->who &&
	    atomic_compare_exchange_strong(&forking->child, &nobody, -1))
		atomic_store(&forking->child, (int)fork());
	(void)poll(NULL, 0, 1);
}

/* The child's one thread comes out of the part: as the caller from deed_parallel_for(), as a
 * worker it ends, and the process with it. Neither goes on with parts, or waits. */
POOL_TEST(a_part_forks)
{
	static atomic_uint begun[200];

	for (unsigned who = 0; who < 2; who++) {
		struct deed_pool *pool = pool_of(3);
		struct forking forking = { -2, begun, 0, who, getpid() };
		struct deed_plan plan;
		int err, status;

		memset(begun, 0, sizeof begun);
		deed_plan_chunks(&plan, 200, 1);
		err = deed_parallel_for(pool, &plan, fork_in_part, &forking);
		if (forking.child == 0)
			_exit(err == -ESRCH && deed_pool_free(&pool) == 0 ? 0 : 8);
		cr_assert_eq(err, 0);
		for (size_t i = 0; i < LEN(begun); i++)
			cr_assert_eq(begun[i], 1);
		cr_assert(forking.child > 0, "nobody forked");
		status = status_of(forking.child);
		cr_expect(status == 0, "%d", status);
		end_pool(pool);
	}
}

static void fork_in_third(struct deed_part *part, void *context)
{
	struct forking *const forking = context;

	atomic_fetch_add(&forking->begun[part->index], 1);
	if (part->index == 3)
		atomic_store(&forking->child, (int)fork());
}

static void fork_below(struct deed_part *part, void *context)
{
	struct forking *const forking = context;
	struct deed_plan plan;
	int err;

	(void)part;
	if (getpid() != forking->parent)
		_exit(9); /* another part is begun in the child */
	deed_plan_chunks(&plan, 10, 1);
	err = deed_parallel_for(NULL, &plan, fork_in_third, forking);
	if (forking->child == 0 && err != -ESRCH)
		_exit(7);
	if (forking->child == 0)
		return;
	cr_assert_eq(status_of(forking->child), 0);
	cr_assert_eq(err, 0);
}

/* Where the caller works on all parts: on none, or as one worker, too. */
POOL_TEST(a_part_forks_where_nobody_helps)
{
	struct deed_pool *pools[] = { NULL, pool_of(1) };

	for (size_t i = 0; i < LEN(pools); i++)
		for (size_t parts = 4; parts < 7; parts++) {
			atomic_uint begun[10] = { 0 };
			struct forking forking = { -2, begun, 0, 0, getpid() };
			unsigned later = 0;
			struct deed_plan plan;
			int err;

			deed_plan_chunks(&plan, parts, 1);
			err = deed_parallel_for(pools[i], &plan, fork_in_third, &forking);
			for (size_t k = 4; k < parts; k++)
				later += begun[k];
			if (forking.child == 0)
				_exit(err == -ESRCH && !later ? 0 : 8);
			cr_assert_eq(err, 0);
			cr_assert_eq(later, parts - 4);
			cr_assert_eq(status_of(forking.child), 0);
		}
	end_pool(pools[1]);
}

/* Nor do the parts around it go on in the child; what it begins itself then, does. */
POOL_TEST(a_part_of_a_part_forks_where_nobody_helps)
{
	atomic_uint begun[10] = { 0 };
	atomic_size_t count = 0;
	struct forking forking = { -2, begun, 0, 0, getpid() };
	struct deed_plan plan;
	int err;

	deed_plan_chunks(&plan, 3, 1);
	err = deed_parallel_for(NULL, &plan, fork_below, &forking);
	if (forking.child == 0)
		_exit(err == -ESRCH && !deed_parallel_for(NULL, &plan, count_part, &count) &&
				      count == 3
			      ? 0
			      : 8);
	cr_assert_eq(err, 0);
}

/* ---- work that is no part ------------------------------------------------------------------- */

struct errand {
	struct deed_work work;
	struct deed_pool *pool;
	atomic_uint runs;
	unsigned plain; /* written by run(), read after it */
};

static void run_errand(void *context)
{
	struct errand *const errand = context;

	errand->plain++;
	atomic_fetch_add(&errand->runs, 1);
}

static struct errand *errands_of(struct deed_pool *pool, size_t count, void (*run)(void *))
{
	struct errand *const errands = calloc(count, sizeof *errands);

	for (size_t i = 0; i < count; i++) {
		errands[i].work.run = run;
		errands[i].work.context = &errands[i];
		errands[i].pool = pool;
	}
	return errands;
}

/* As deed_await() does. */
static void settle(struct deed_pool *pool, struct errand *errand)
{
	if (deed_pool_take_back(pool, &errand->work))
		errand->work.run(errand->work.context);
	else if (deed_pool_await(pool, &errand->work))
		errand->plain = 1000;
}

POOL_TEST(posted_work_is_run_once)
{
	static const unsigned workers[] = { 1, 2, 4, 9 };
	enum { COUNT = 200 };

	for (size_t w = 0; w < LEN(workers); w++) {
		struct deed_pool *const pool = pool_of(workers[w]);
		struct errand *const errands = errands_of(pool, COUNT, run_errand);

		for (unsigned round = 1; round < 50; round++) {
			for (size_t i = 0; i < COUNT; i++)
				cr_assert_eq(deed_pool_post(pool, &errands[i].work), 0);
			expect_each_once(pool, round, 1, false);
			/* From either end, so that some are taken out of the middle. */
			for (size_t i = 0; i < COUNT; i++)
				settle(pool, &errands[i % 2 ? COUNT - i : i]);
			for (size_t i = 0; i < COUNT; i++)
				cr_assert(errands[i].runs == round && errands[i].plain == round);
		}
		free(errands);
		end_pool(pool);
	}
}

static bool is_done(void *context)
{
	const struct errand *const errand = context;

	return deed_work_is_done(&errand->work);
}

POOL_TEST(a_sleeping_worker_comes_for_posted_work)
{
	struct deed_pool *const pool = pool_of(2);
	struct errand *const errand = errands_of(pool, 1, run_errand);

	for (int round = 0; round < 20; round++) {
		(void)poll(NULL, 0, 2);
		cr_assert_eq(deed_pool_post(pool, &errand->work), 0);
		cr_assert(comes(is_done, errand));
		cr_assert(!deed_pool_take_back(pool, &errand->work));
		cr_assert_eq(deed_pool_await(pool, &errand->work), 0);
	}
	cr_expect_eq(errand->plain, 20);
	free(errand);
	end_pool(pool);
}

static struct meeting errands_meeting;

static void meet_others(void *context)
{
	meet(NULL, &errands_meeting);
	run_errand(context);
}

POOL_TEST(each_worker_takes_posted_work_while_others_are_at_theirs)
{
	for (int round = 0; round < 10; round++) {
		struct deed_pool *const pool = pool_of(6);
		struct errand *const errands = errands_of(pool, 5, meet_others);

		errands_meeting = (struct meeting){ 0, 5, 0 };
		(void)poll(NULL, 0, round % 2 ? 3 : 0);
		for (size_t i = 0; i < 5; i++)
			cr_assert_eq(deed_pool_post(pool, &errands[i].work), 0);
		for (size_t i = 0; i < 5; i++) {
			cr_assert(comes(is_done, &errands[i]));
			cr_assert_eq(deed_pool_await(pool, &errands[i].work), 0);
		}
		cr_expect_eq(errands_meeting.missed, 0);
		free(errands);
		end_pool(pool);
	}
}

static void post_another(void *context)
{
	struct errand *const errand = context;

	run_errand(context);
	if (errand->plain > 10)
		return;
	errand[1].plain = errand->plain; /* before it is posted: it may be run at once */
	cr_assert_eq(deed_pool_post(errand->pool, &errand[1].work), 0);
}

POOL_TEST(a_pool_that_ends_runs_first_what_it_was_given)
{
	for (unsigned workers = 1; workers < 5; workers++) {
		struct deed_pool *const pool = pool_of(workers);
		struct errand *const errands = errands_of(pool, 100, run_errand);
		struct errand *const chain = errands_of(pool, 11, post_another);

		for (size_t i = 0; i < 100; i++)
			cr_assert_eq(deed_pool_post(pool, &errands[i].work), 0);
		cr_assert_eq(deed_pool_post(pool, &chain[0].work), 0);
		end_pool(pool);
		for (size_t i = 0; i < 100; i++) {
			cr_assert(deed_work_is_done(&errands[i].work));
			cr_assert_eq(errands[i].plain, 1);
		}
		/* What work gives it while it ends, too: the pool is not asked for it any more. */
		for (size_t i = 0; i < 11; i++)
			cr_assert(!deed_pool_take_back(pool, &chain[i].work) &&
				  !deed_pool_await(pool, &chain[i].work));
		free(errands);
		free(chain);
	}
}

POOL_TEST(nobody_comes_for_what_a_null_pool_is_given)
{
	struct errand *const errand = errands_of(NULL, 1, run_errand);

	cr_assert_eq(deed_pool_post(NULL, &errand->work), 0);
	cr_assert(!deed_work_is_done(&errand->work));
	settle(NULL, errand);
	cr_expect_eq(errand->plain, 1);
	cr_expect(!deed_pool_take_back(NULL, &errand->work));
	free(errand);
}

struct poster {
	struct deed_pool *pool;
	pthread_t thread;
	unsigned wrong;
};

static void *post_often(void *context)
{
	struct poster *const poster = context;
	struct errand *const errands = errands_of(poster->pool, 20, run_errand);

	for (unsigned round = 1; round < 300; round++) {
		for (size_t i = 0; i < 20; i++)
			poster->wrong += deed_pool_post(poster->pool, &errands[i].work) != 0;
		for (size_t i = 0; i < 20; i++)
			settle(poster->pool, &errands[i]);
		for (size_t i = 0; i < 20; i++)
			poster->wrong += errands[i].plain != round;
	}
	free(errands);
	return NULL;
}

POOL_TEST(several_threads_post_work_to_one_pool)
{
	struct deed_pool *const pool = pool_of(3);
	struct poster posters[4];

	for (size_t i = 0; i < LEN(posters); i++) {
		posters[i] = (struct poster){ .pool = pool };
		pthread_create(&posters[i].thread, NULL, post_often, &posters[i]);
	}
	for (int i = 0; i < 300; i++)
		expect_each_once(pool, 100, 1, i % 2);
	for (size_t i = 0; i < LEN(posters); i++) {
		pthread_join(posters[i].thread, NULL);
		cr_expect_eq(posters[i].wrong, 0);
	}
	end_pool(pool);
}

/* Of work: what was posted, the child can take back; what was begun, it cannot wait for. */
POOL_TEST(a_forked_child_takes_work_back_that_nobody_began)
{
	struct deed_pool *const pool = pool_of(2);
	struct errand *const stuck = errands_of(pool, 1, meet_others);
	struct errand *const waiting = errands_of(pool, 1, run_errand);
	pid_t child;

	errands_meeting = (struct meeting){ 0, 2, 0 };
	cr_assert_eq(deed_pool_post(pool, &stuck->work), 0);
	for (int i = 0; i < 10000 && !errands_meeting.here; i++)
		(void)poll(NULL, 0, 1);
	cr_assert_eq(deed_pool_post(pool, &waiting->work), 0);
	deed_lock_take(&pool->lock); /* as another thread might at that moment */
	child = fork();
	if (!child) {
		if (deed_pool_post(pool, &(struct deed_work){ .run = run_errand }) != -ESRCH)
			_exit(1);
		if (deed_pool_take_back(pool, &stuck->work) ||
		    deed_pool_await(pool, &stuck->work) != -ESRCH)
			_exit(2);
		if (!deed_pool_take_back(pool, &waiting->work))
			_exit(3);
		_exit(0);
	}
	deed_lock_give(&pool->lock);
	cr_expect_eq(status_of(child), 0);
	atomic_fetch_add(&errands_meeting.here, 1);
	settle(pool, waiting);
	settle(pool, stuck);
	cr_expect(stuck->plain == 1 && waiting->plain == 1);
	free(stuck);
	free(waiting);
	end_pool(pool);
}

#endif
