/* SPDX-License-Identifier: MIT
 *
 * tests/test_history.c - two parts of a plan that are at one buffer are told so, whoever comes
 * first, and whether they meet or not.
 *
 * A pair of acts is done by two parts, one after the other, and then the other way round. So that
 * each pair is tried with each worker and in each order, what a part does is looked up by its
 * index: what it must come to is a table, with a row for who comes first.
 */
#include "trapped.h"

#include <pthread.h>

#include "deed/allocator.h"
#include "deed/arena.h"
#include "deed/async.h"
#include "deed/malloc.h"
#include "deed/pool.h"
#include "deed/share.h"
#include "deed/soa.h"
#include "trap/options.h"

#define PARTICLE(FIELD) FIELD(float, x) FIELD(double, y)
DEED_SOA(particles, PARTICLE);

TestSuite(history, .init = trapped_begin, .fini = trapped_end, .timeout = 120);

enum { LEN = 64 };

/* ---- faults of any thread ------------------------------------------------------------------- */

static struct {
	atomic_uint count;
	atomic_uint seen[DEED_ADVISORY_FIRST + 1]; /* of each fault, how many */
	atomic_uint first;
	struct trapped_report report; /* the first */
} faults;

static void faults_handler(const struct deed_report *report, void *context)
{
	unsigned none = DEED_NO_FAULT;

	(void)context;
	atomic_fetch_add(&faults.seen[report->fault], 1);
	if (atomic_compare_exchange_strong(&faults.first, &none, report->fault))
		trapped_keep(&faults.report, report);
	atomic_fetch_add(&faults.count, 1);
}

static void faults_begin(void)
{
	atomic_store(&faults.count, 0);
	atomic_store(&faults.first, DEED_NO_FAULT);
	for (size_t i = 0; i < ARRAY_LEN(faults.seen); i++)
		atomic_store(&faults.seen[i], 0);
	faults.report.site_count = 0;
	faults.report.message[0] = '\0';
	deed_on_fault(faults_handler, NULL);
}

static enum deed_fault faults_end(void)
{
	deed_on_fault(trapped_handler, NULL);
	return atomic_load(&faults.first);
}

#define part_fault_of(...)                                                                         \
	(__extension__({                                                                           \
		faults_begin();                                                                    \
		__VA_ARGS__;                                                                       \
		faults_end();                                                                      \
	}))

#define expect_part_fault(expected, ...)                                                           \
	do {                                                                                       \
		const enum deed_fault part_fault = part_fault_of(__VA_ARGS__);                     \
                                                                                                   \
		cr_expect(part_fault == (expected), "%s: expected %s, got %s: %s", #__VA_ARGS__,   \
			  trapped_id(expected), trapped_id(part_fault), faults.report.message);    \
	} while (0)

/* ---- parts ---------------------------------------------------------------------------------- */

static void run_on(struct deed_pool *pool, size_t parts, deed_part_fn fn, void *context)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, parts, 1);
	cr_assert(deed_parallel_for(pool, &plan, fn, context) == 0);
}

static void run(size_t parts, deed_part_fn fn, void *context)
{
	run_on(NULL, parts, fn, context);
}

/* ---- pairs ---------------------------------------------------------------------------------- */

static void do_borrow(deed_f32 *xs)
{
	DEED_BORROWED(v, xs);
}

static void do_inout(deed_f32 *xs)
{
	DEED_INOUT(v, xs);
}

static void do_inout_by_hand(deed_f32 *xs)
{
	deed_f32_inout v = deed_inout(xs);

	deed_end(xs, &v);
}

static void do_borrow_part(deed_f32 *xs)
{
	DEED_BORROWED_PART(v, xs, 10, 20);
}

static void do_inout_part(deed_f32 *xs)
{
	deed_f32_inout v = deed_inout_part(xs, 10, 20);

	deed_end(xs, &v);
}

static void do_inout_tile(deed_f32 *xs)
{
	deed_f32_tile_inout v = deed_tile_inout(xs, 8, 1, 2, 2, 3);

	deed_end(xs, &v);
}

static void do_lend(deed_f32 *xs)
{
	float *data;

	{
		DEED_BORROWED_PART(v, xs, 0, 0);
		data = (float *)(uintptr_t)deed_data(v);
	}
	if (data) {
		DEED_LEND(v, data, LEN);
	}
}

static void do_clone(deed_f32 *xs)
{
	deed_f32 copy = DEED_EMPTY;

	if (!deed_clone(&copy, xs))
		deed_drop(&copy);
}

static void do_drop(deed_f32 *xs)
{
	deed_drop(xs);
}

static void do_settle(deed_f32 *xs)
{
	deed_settle(xs);
}

static void do_release(deed_f32 *xs)
{
	free(deed_release(xs));
}

static void do_move(deed_f32 *xs)
{
	deed_f32 mine = DEED_EMPTY;

	deed_move(&mine, xs);
	deed_settle(&mine);
}

static void do_resize(deed_f32 *xs)
{
	const int err = deed_resize(xs, LEN + 1 + deed_len(*xs) % 2);

	(void)err;
}

static void do_swap(deed_f32 *xs)
{
	deed_f32 mine = DEED_EMPTY;

	cr_assert(deed_new(&mine, LEN) == 0);
	deed_swap(xs, &mine);
	deed_settle(&mine);
}

static void do_new(deed_f32 *xs)
{
	const int err = deed_new(xs, LEN);

	(void)err;
}

enum kind { READS, WRITES, DROPS, SETTLES, MOVES, RESIZES, SWAPS, MAKES, KINDS };

static const struct act {
	const char *name;
	void (*act)(deed_f32 *xs);
	enum kind kind;
} acts[] = {
	{ "borrow", do_borrow, READS },
	{ "borrow a part", do_borrow_part, READS },
	{ "clone", do_clone, READS },
	{ "lend inout", do_inout, WRITES },
	{ "lend inout, end by hand", do_inout_by_hand, WRITES },
	{ "lend a part inout", do_inout_part, WRITES },
	{ "lend a tile inout", do_inout_tile, WRITES },
	{ "lend by address", do_lend, WRITES },
	{ "drop", do_drop, DROPS },
	{ "release", do_release, DROPS },
	{ "settle", do_settle, SETTLES },
	{ "move", do_move, MOVES },
	{ "resize", do_resize, RESIZES },
	{ "swap", do_swap, SWAPS },
	{ "make", do_new, MAKES },
};

#define E(number) DEED_E##number
#define OK DEED_NO_FAULT

/* By who comes first, and then. */
static const enum deed_fault verdicts[KINDS][KINDS] = {
	/*             read   write  drop   settle move   resize swap   make */
	[READS] = { OK, E(19), E(19), E(19), E(19), E(19), E(19), E(02) },
	[WRITES] = { E(19), E(19), E(19), E(19), E(19), E(19), E(19), E(02) },
	[DROPS] = { E(04), E(04), E(05), E(19), E(04), E(04), E(19), E(19) },
	[SETTLES] = { E(04), E(04), E(05), E(19), E(04), E(04), E(19), E(19) },
	[MOVES] = { E(03), E(03), E(03), E(19), E(03), E(03), E(19), E(19) },
	[RESIZES] = { E(19), E(19), E(19), E(19), E(19), E(19), E(19), E(02) },
	[SWAPS] = { E(19), E(19), E(19), E(19), E(19), E(19), E(19), E(02) },
	[MAKES] = { E(02), E(02), E(02), E(02), E(02), E(02), E(02), E(02) },
};

struct pair {
	deed_f32 xs;
	const struct act *of[2]; /* by the part's index */
};

/* One that makes a buffer in a handle that the other has emptied for an instant, or is writing to,
 * is written over, and what it made is lost: so those are kept apart in time, which is no order
 * between parts. */
static void pair_part(struct deed_part *part, void *context)
{
	static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
	struct pair *const pair = context;
	const bool one_makes = pair->of[0]->kind == MAKES || pair->of[1]->kind == MAKES;

	if (one_makes)
		pthread_mutex_lock(&one);
	pair->of[part->index]->act(&pair->xs);
	if (one_makes)
		pthread_mutex_unlock(&one);
}

static enum deed_fault fault_of_pair(struct deed_pool *pool, size_t i, size_t j)
{
	struct pair pair = { DEED_EMPTY, { &acts[i], &acts[j] } };
	enum deed_fault got;

	cr_assert(deed_new(&pair.xs, LEN) == 0);
	got = part_fault_of(run_on(pool, 2, pair_part, &pair));
	deed_settle(&pair.xs);
	cr_assert(deed_stats().live_buffers == 0 && deed_stats().live_loans == 0,
		  "%s, then %s: %zu buffers, %zu loans", acts[i].name, acts[j].name,
		  deed_stats().live_buffers, deed_stats().live_loans);
	return got;
}

Test(history, each_pair_of_acts_is_told_whichever_comes_first)
{
	for (size_t i = 0; i < ARRAY_LEN(acts); i++)
		for (size_t j = 0; j < ARRAY_LEN(acts); j++) {
			const enum deed_fault expected = verdicts[acts[i].kind][acts[j].kind];
			const enum deed_fault got = fault_of_pair(NULL, i, j);

			cr_expect(got == expected, "%s, then %s: expected %s, got %s: %s",
				  acts[i].name, acts[j].name, trapped_id(expected), trapped_id(got),
				  faults.report.message);
		}
}

/* Who was here first is luck, and so is which fault it is; but it is one. Two that are at one
 * handle at the same instant may be told of each other before the first has ended what it ends. */
static bool is_right(size_t i, size_t j, enum deed_fault got)
{
	const enum deed_fault one = verdicts[acts[i].kind][acts[j].kind];
	const enum deed_fault other = verdicts[acts[j].kind][acts[i].kind];

	/* What was released between a look at its address and the lend is the program's own. */
	if ((acts[i].act == do_lend && acts[j].act == do_release) ||
	    (acts[j].act == do_lend && acts[i].act == do_release))
		return true;
	return got == one || got == other ||
	       (one && (got == DEED_E03 || got == DEED_E04 || got == DEED_E05 || got == DEED_E19));
}

Test(history, each_pair_is_told_on_any_number_of_workers)
{
	static const unsigned workers[] = { 1, 2, 8 };

	for (size_t k = 0; k < ARRAY_LEN(workers); k++) {
		struct deed_pool *pool = NULL;

		cr_assert(deed_pool_new(&pool, workers[k]) == 0);
		for (size_t i = 0; i < ARRAY_LEN(acts); i++)
			for (size_t j = 0; j < ARRAY_LEN(acts); j++) {
				const enum deed_fault got = fault_of_pair(pool, i, j);

				cr_expect(is_right(i, j, got), "%u workers, %s and %s: got %s: %s",
					  workers[k], acts[i].name, acts[j].name, trapped_id(got),
					  faults.report.message);
			}
		cr_assert(deed_pool_free(&pool) == 0);
	}
}

static size_t act_of(void (*act)(deed_f32 *xs))
{
	size_t i = 0;

	while (acts[i].act != act)
		i++;
	return i;
}

/* One is found by its address, and ends before it is lent. */
Test(history, what_ends_while_another_looks_it_up_is_told)
{
	const size_t lends = act_of(do_lend), settles = act_of(do_settle);
	struct deed_pool *pool = NULL;

	cr_assert(deed_pool_new(&pool, 2) == 0);
	for (size_t round = 0; round < 2000; round++) {
		const enum deed_fault got = fault_of_pair(pool, lends, settles);

		cr_assert(is_right(lends, settles, got), "round %zu: got %s: %s", round,
			  trapped_id(got), faults.report.message);
	}
	cr_assert(deed_pool_free(&pool) == 0);
}

CHILD(pairs)
{
	for (size_t i = 0; i < ARRAY_LEN(acts); i++)
		for (size_t j = 0; j < ARRAY_LEN(acts); j++) {
			const enum deed_fault got = fault_of_pair(NULL, i, j);

			require(got == verdicts[acts[i].kind][acts[j].kind] ||
				got == verdicts[acts[j].kind][acts[i].kind]);
		}
}

Test(history, each_pair_is_told_in_any_order_that_is_drawn)
{
	static const char *const options[] = { "schedule=1", "schedule=2", "schedule=3" };

	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		expect_clean_exit(child_run("pairs", "", options[i]));
}

/* ---- two that meet -------------------------------------------------------------------------- */

/* Part 0 holds its loan until part 1 has tried, or has not come: then it is the other's turn. */
struct meeting {
	deed_f32 xs;
	const struct act *act;
	bool holds_inout;
	atomic_bool holds, has_tried;
};

static bool wait_for(const atomic_bool *flag)
{
	for (int i = 0; i < 20000 && !atomic_load(flag); i++)
		usleep(100);
	return atomic_load(flag);
}

static void meeting_part(struct deed_part *part, void *context)
{
	struct meeting *const meeting = context;

	if (part->index) {
		(void)wait_for(&meeting->holds);
		meeting->act->act(&meeting->xs);
		atomic_store(&meeting->has_tried, true);
	} else if (meeting->holds_inout) {
		DEED_INOUT(v, &meeting->xs);

		atomic_store(&meeting->holds, true);
		(void)wait_for(&meeting->has_tried);
	} else {
		DEED_BORROWED(v, &meeting->xs);

		atomic_store(&meeting->holds, true);
		(void)wait_for(&meeting->has_tried);
	}
}

Test(history, two_that_meet_in_time_are_told_the_same)
{
	struct deed_pool *pool = NULL;

	cr_assert(deed_pool_new(&pool, 2) == 0);
	for (size_t i = 0; i < ARRAY_LEN(acts); i++)
		for (int holds_inout = 0; holds_inout < 2; holds_inout++) {
			const enum kind kind = holds_inout ? WRITES : READS;
			struct meeting meeting = { .act = &acts[i], .holds_inout = holds_inout };

			cr_assert(deed_new(&meeting.xs, LEN) == 0);
			expect_part_fault(verdicts[kind][acts[i].kind],
					  run_on(pool, 2, meeting_part, &meeting));
			deed_settle(&meeting.xs);
		}
	cr_assert(deed_pool_free(&pool) == 0);
}

Test(history, what_one_part_does_alone_is_its_own_business)
{
	for (size_t i = 0; i < ARRAY_LEN(acts); i++)
		if (acts[i].kind != MAKES) {
			struct pair pair = { DEED_EMPTY, { &acts[i], &acts[i] } };

			cr_assert(deed_new(&pair.xs, LEN) == 0);
			expect_part_fault(DEED_NO_FAULT, run(1, pair_part, &pair));
			deed_settle(&pair.xs);
		}
}

/* ---- made meanwhile ------------------------------------------------------------------------- */

static void make_then_part(struct deed_part *part, void *context)
{
	struct pair *const pair = context;

	if (part->index == 0)
		do_new(&pair->xs);
	else
		pair->of[1]->act(&pair->xs);
}

Test(history, what_a_part_has_made_is_its_own_until_it_gives_it_away)
{
	for (size_t i = 0; i < ARRAY_LEN(acts); i++) {
		struct pair pair = { DEED_EMPTY, { NULL, &acts[i] } };

		expect_part_fault(acts[i].kind == MAKES ? DEED_E02 : DEED_E19,
				  run(2, make_then_part, &pair));
		deed_settle(&pair.xs);
	}
}

static void make_somehow(deed_f32 *xs, struct deed_arena *arena, int how)
{
	static float in_static_too[LEN];
	static const float constants[LEN];
	int err = 0;

	switch (how) {
	case 0:
		err = deed_from(xs, in_static_too, LEN);
		break;
	case 1:
		err = deed_adopt(xs, in_static_too, LEN, NULL, NULL);
		break;
	case 2:
		err = deed_new_in(xs, arena, LEN);
		break;
	case 3:
		err = deed_static(xs, constants, LEN);
		break;
	default:
		err = deed_new_with(xs, deed_heap(), LEN);
	}
	cr_assert(!err);
}

struct makes {
	deed_f32 xs;
	struct deed_arena arena;
	int how;
};

static void make_somehow_part(struct deed_part *part, void *context)
{
	struct makes *const makes = context;

	if (part->index)
		do_borrow(&makes->xs);
	else
		make_somehow(&makes->xs, &makes->arena, makes->how);
}

Test(history, it_is_its_own_however_it_was_made)
{
	for (int how = 0; how < 5; how++) {
		struct makes makes = { DEED_EMPTY, DEED_ARENA_EMPTY, how };

		expect_part_fault(DEED_E19, run(2, make_somehow_part, &makes));
		deed_settle(&makes.xs);
		deed_arena_close(&makes.arena);
	}
}

static void resize_in_part(struct deed_part *part, void *context)
{
	struct makes *const makes = context;
	const size_t len = makes->how ? 10 * LEN : LEN - 1;

	if (part->index)
		do_borrow(&makes->xs);
	else
		cr_assert(deed_resize_in(&makes->xs, &makes->arena, len) == 0);
}

Test(history, who_resizes_in_an_arena_writes_what_there_is_then)
{
	for (int how = 0; how < 2; how++) {
		struct makes makes = { DEED_EMPTY, DEED_ARENA_EMPTY, how };

		cr_assert(deed_new_in(&makes.xs, &makes.arena, LEN) == 0);
		expect_part_fault(DEED_E19, run(2, resize_in_part, &makes));
		deed_arena_close(&makes.arena);
	}
}

/* Some parts come to the handle while it is being resized, and wait there. */
struct waits {
	deed_f32 xs;
	atomic_bool resizes;
	unsigned delay;
};

static void resize_or_wait(struct deed_part *part, void *context)
{
	struct waits *const waits = context;

	if (!part->index) {
		atomic_store(&waits->resizes, true);
		(void)!deed_resize(&waits->xs, 150000);
		return;
	}
	for (int i = 0; !atomic_load(&waits->resizes) && i < 100000; i++)
		;
	for (volatile unsigned i = 0; i < waits->delay; i++)
		;
	do_borrow(&waits->xs);
}

Test(history, who_waits_for_a_resize_sees_the_handle_that_it_leaves)
{
	struct deed_pool *pool = NULL;
	uint64_t state = 1;

	cr_assert(deed_pool_new(&pool, 3) == 0);
	for (int round = 0; round < 300; round++) {
		struct waits waits = { .xs = DEED_EMPTY,
				       .delay = (unsigned)random_below(&state, 30000) };
		struct deed_plan plan;

		cr_assert(deed_new(&waits.xs, 200000) == 0);
		deed_plan_chunks(&plan, 4, 1);
		deed_plan_dynamic(&plan);
		expect_part_fault(DEED_E19, cr_assert(deed_parallel_for(pool, &plan, resize_or_wait,
									&waits) == 0));
		deed_settle(&waits.xs);
	}
	cr_assert(deed_pool_free(&pool) == 0);
}

/* A reset ends what others have had: whether it comes last, first, or from its own part. */
struct resets {
	struct deed_arena arena;
	deed_f32 xs;
	size_t who;
};

static void reset_or_read(struct deed_part *part, void *context)
{
	struct resets *const resets = context;

	if (part->index == resets->who)
		deed_arena_reset(&resets->arena);
	else
		do_borrow(&resets->xs);
}

Test(history, who_resets_an_arena_writes_what_others_have_had_of_it)
{
	for (size_t who = 0; who < 4; who++) {
		struct resets resets = { .xs = DEED_EMPTY, .who = who };

		cr_assert(deed_arena_open(&resets.arena, NULL) == 0);
		cr_assert(deed_new_in(&resets.xs, &resets.arena, LEN) == 0);
		expect_part_fault(who ? DEED_E19 : DEED_E21, run(4, reset_or_read, &resets));
		cr_expect(deed_owns(&resets.xs) == (who != 0), "refused, it has ended nothing");
		deed_arena_close(&resets.arena);
	}
}

/* Each drops what is there, and makes another: a buffer has its own row, the handle is one. */
static void replace_part(struct deed_part *part, void *context)
{
	(void)part;
	do_drop(context);
	do_new(context);
}

Test(history, who_replaces_a_buffer_is_in_the_way_of_who_has_had_the_old_one)
{
	deed_f32 xs = DEED_EMPTY;

	cr_assert(deed_new(&xs, LEN) == 0);
	expect_part_fault(DEED_E19, run(2, replace_part, &xs));
	deed_settle(&xs);
}

/* ---- exactly -------------------------------------------------------------------------------- */

struct ranges {
	deed_f32 xs;
	struct {
		size_t lo, hi;
		bool writes;
	} of[8];
};

static void range_part(struct deed_part *part, void *context)
{
	struct ranges *const ranges = context;
	const size_t lo = ranges->of[part->index].lo, hi = ranges->of[part->index].hi;

	if (ranges->of[part->index].writes) {
		DEED_INOUT_PART(v, &ranges->xs, lo, hi);
	} else {
		DEED_BORROWED_PART(v, &ranges->xs, lo, hi);
	}
}

Test(history, ranges_are_compared_to_the_byte)
{
	uint64_t seed = 7;
	size_t told = 0;

	for (int round = 0; round < 3000; round++) {
		struct ranges ranges = { .xs = DEED_EMPTY };
		bool meets = false;

		for (size_t i = 0; i < 8; i++) {
			ranges.of[i].lo = random_below(&seed, LEN);
			ranges.of[i].hi = ranges.of[i].lo +
					  random_below(&seed, (LEN - ranges.of[i].lo) / 4 + 1);
			ranges.of[i].writes = random_below(&seed, 4) == 0;
			for (size_t j = 0; j < i; j++)
				meets |= ranges.of[i].lo < ranges.of[i].hi &&
					 ranges.of[j].lo < ranges.of[j].hi &&
					 (ranges.of[i].writes || ranges.of[j].writes) &&
					 ranges.of[i].lo < ranges.of[j].hi &&
					 ranges.of[j].lo < ranges.of[i].hi;
		}
		cr_assert(deed_new(&ranges.xs, LEN) == 0);
		expect_part_fault(meets ? DEED_E19 : DEED_NO_FAULT, run(8, range_part, &ranges));
		told += meets;
		deed_drop(&ranges.xs);
	}
	cr_expect(told > 300 && told < 2700, "%zu of 3000", told);
}

struct tiles {
	deed_f32 xs;
	size_t y[2], x[2], rows[2], width[2];
};

static void tile_part(struct deed_part *part, void *context)
{
	struct tiles *const tiles = context;
	const size_t i = part->index;
	deed_f32_tile_inout v = deed_tile_inout(&tiles->xs, 8, tiles->y[i], tiles->x[i],
						tiles->rows[i], tiles->width[i]);

	deed_end(&tiles->xs, &v);
}

Test(history, tiles_are_compared_by_their_rows)
{
	uint64_t seed = 11;

	for (int round = 0; round < 3000; round++) {
		struct tiles tiles = { .xs = DEED_EMPTY };
		bool meets;

		for (size_t i = 0; i < 2; i++) {
			tiles.y[i] = random_below(&seed, 8);
			tiles.x[i] = random_below(&seed, 8);
			tiles.rows[i] = 1 + random_below(&seed, 8 - tiles.y[i]);
			tiles.width[i] = 1 + random_below(&seed, 8 - tiles.x[i]);
		}
		meets = tiles.y[0] < tiles.y[1] + tiles.rows[1] &&
			tiles.y[1] < tiles.y[0] + tiles.rows[0] &&
			tiles.x[0] < tiles.x[1] + tiles.width[1] &&
			tiles.x[1] < tiles.x[0] + tiles.width[0];
		cr_assert(deed_new(&tiles.xs, LEN) == 0);
		expect_part_fault(meets ? DEED_E19 : DEED_NO_FAULT, run(2, tile_part, &tiles));
		deed_drop(&tiles.xs);
	}
}

/* ---- columns -------------------------------------------------------------------------------- */

struct rows {
	particles ps;
	int what;
};

static void column_part(struct deed_part *part, void *context)
{
	struct rows *const rows = context;

	if (part->index) {
		DEED_SOA_INOUT(x, &rows->ps, x);
	} else if (rows->what == 0) {
		DEED_SOA_INOUT(y, &rows->ps, y);
	} else if (rows->what == 1) {
		DEED_SOA_BORROWED(x, &rows->ps, x);
	} else if (rows->what == 2) {
		deed_soa_set(&rows->ps, 5, { .x = 1 });
	} else if (rows->what == 3) {
		(void)deed_soa_get(&rows->ps, 5);
	} else if (rows->what == 4) {
		cr_assert(deed_soa_push(&rows->ps, { .x = 1 }) == 0);
	} else {
		cr_assert(deed_soa_resize(&rows->ps, 3) == 0);
	}
}

static void row_part(struct deed_part *part, void *context)
{
	struct rows *const rows = context;

	deed_soa_set(&rows->ps, part->index / (rows->what ? 2 : 1), { .x = 1 });
}

static void read_rows_part(struct deed_part *part, void *context)
{
	(void)part;
	(void)deed_soa_get(&((struct rows *)context)->ps, 3);
}

Test(history, columns_and_rows_are_compared_as_the_bytes_that_they_are)
{
	for (int what = 0; what < 6; what++) {
		struct rows rows = { .ps = DEED_EMPTY, .what = what };

		cr_assert(deed_soa_new(&rows.ps, 10) == 0);
		expect_part_fault(what ? DEED_E19 : DEED_NO_FAULT, run(2, column_part, &rows));
		deed_soa_drop(&rows.ps);
	}
	for (int what = 0; what < 2; what++) {
		struct rows rows = { .ps = DEED_EMPTY, .what = what };

		cr_assert(deed_soa_new(&rows.ps, 10) == 0);
		expect_part_fault(what ? DEED_E19 : DEED_NO_FAULT, run(10, row_part, &rows));
		if (!what)
			expect_part_fault(DEED_NO_FAULT, run(10, read_rows_part, &rows));
		deed_soa_drop(&rows.ps);
	}
}

/* ---- bytes by their address ----------------------------------------------------------------- */

static float in_static[8];

#define OUT_OF_LINE __attribute__((noinline))

static OUT_OF_LINE void lend_some(float *data, size_t count)
{
	DEED_LEND(v, data, count);

	deed_at(v, 0) += 1;
}

static void lend_part(struct deed_part *part, void *context)
{
	(void)part;
	lend_some(context, 8);
}

static void lend_one_part(struct deed_part *part, void *context)
{
	lend_some((float *)context + part->index, 1);
}

static void read_part(struct deed_part *part, void *context)
{
	(void)part;
	DEED_LEND_CONST(v, (const float *)context, 8);
}

/* What is on a part's stack, or comes from malloc(), is at the next one's address. */
static void lend_own_part(struct deed_part *part, void *context)
{
	float on_stack[8] = { 0 };
	float *const on_heap = calloc(8, sizeof *on_heap);

	(void)part;
	(void)context;
	lend_some(on_stack, 8);
	lend_some(on_heap, 8);
	free(on_heap);
}

Test(history, bytes_of_no_buffer_are_compared_where_they_stay_what_they_are)
{
	float on_stack[8] = { 0 };

	expect_part_fault(DEED_E19, run(2, lend_part, in_static));
	cr_expect(strstr(faults.report.message, "element") != NULL, "%s", faults.report.message);
	expect_part_fault(DEED_E19, run(2, lend_part, on_stack));
	expect_part_fault(DEED_E19, run(20, lend_part, on_stack));
	cr_expect(atomic_load(&faults.count) == 1, "%u reports of one", atomic_load(&faults.count));
	expect_part_fault(DEED_NO_FAULT, run(8, lend_one_part, in_static));
	expect_part_fault(DEED_NO_FAULT, run(8, lend_one_part, on_stack));
	expect_part_fault(DEED_NO_FAULT, run(8, read_part, in_static));
	expect_part_fault(DEED_NO_FAULT, run(8, read_part, on_stack));
	expect_part_fault(DEED_NO_FAULT, run(100, lend_own_part, NULL));
}

/* ---- what is right -------------------------------------------------------------------------- */

static void own_part(struct deed_part *part, void *context)
{
	deed_f32 mine = DEED_EMPTY, copy = DEED_EMPTY;

	(void)context;
	cr_assert(deed_new(&mine, LEN) == 0);
	{
		DEED_INOUT(v, &mine);
		deed_at(v, 0) = (float)part->index;
	}
	cr_assert(deed_clone(&copy, &mine) == 0);
	cr_assert(deed_resize(&mine, 2 * LEN) == 0);
	deed_swap(&mine, &copy);
	deed_drop(&mine);
	{
		DEED_AUTO(deed_f32, last);

		deed_move(&last, &copy);
		cr_assert(deed_new(&copy, 1) == 0);
		deed_drop(&copy);
	}
}

Test(history, owners_of_a_parts_own_are_nobody_elses)
{
	struct deed_pool *pool = NULL;

	cr_assert(deed_pool_new(&pool, 4) == 0);
	expect_part_fault(DEED_NO_FAULT, run(200, own_part, NULL));
	expect_part_fault(DEED_NO_FAULT, run_on(pool, 200, own_part, NULL));
	cr_assert(deed_pool_free(&pool) == 0);
}

/* A place where owners wait for whoever comes, by move: under a lock, as parts may come at once. */
struct queue {
	pthread_mutex_t lock;
	deed_f32 slots[8];
};

static void queue_part(struct deed_part *part, void *context)
{
	struct queue *const queue = context;
	deed_f32 mine = DEED_EMPTY;

	for (int turn = 0; turn < 20; turn++) {
		pthread_mutex_lock(&queue->lock);
		/* Who looks at one may leave it to another. */
		for (size_t i = 0; i < ARRAY_LEN(queue->slots) && !deed_owns(&mine); i++)
			if (deed_owns(&queue->slots[i]) &&
			    deed_len(queue->slots[i]) % 3 != (size_t)turn % 3)
				deed_move(&mine, &queue->slots[i]);
		pthread_mutex_unlock(&queue->lock);
		if (deed_owns(&mine)) {
			DEED_INOUT(v, &mine);
			deed_at(v, 0) += 1;
		}
		if (turn % 7 == 6 && deed_owns(&mine))
			deed_drop(&mine);
		if (!deed_owns(&mine))
			cr_assert(deed_new(&mine, 4 + part->index) == 0);
		pthread_mutex_lock(&queue->lock);
		for (size_t i = 0; i < ARRAY_LEN(queue->slots) && deed_owns(&mine); i++)
			if (!deed_owns(&queue->slots[i]))
				deed_move(&queue->slots[i], &mine);
		pthread_mutex_unlock(&queue->lock);
		deed_settle(&mine);
	}
}

Test(history, an_owner_that_is_handed_on_by_move_begins_anew)
{
	struct queue queue = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct deed_pool *pool = NULL;

	cr_assert(deed_pool_new(&pool, 4) == 0);
	for (size_t i = 0; i < 4; i++)
		cr_assert(deed_new(&queue.slots[i], 4) == 0);
	expect_part_fault(DEED_NO_FAULT, run(50, queue_part, &queue));
	expect_part_fault(DEED_NO_FAULT, run_on(pool, 50, queue_part, &queue));
	for (size_t i = 0; i < ARRAY_LEN(queue.slots); i++)
		deed_settle(&queue.slots[i]);
	cr_assert(deed_pool_free(&pool) == 0);
}

/* A handle that goes from part to part, with nothing in it that one of them has not made and ended.
 */
static void reuse_part(struct deed_part *part, void *context)
{
	deed_f32 *const slot = context;

	(void)part;
	cr_assert(deed_new(slot, LEN) == 0);
	do_inout(slot);
	cr_assert(deed_resize(slot, 2 * LEN) == 0);
	do_inout(slot);
	deed_drop(slot);
}

Test(history, a_handle_that_each_leaves_as_it_was_may_be_the_next_ones)
{
	deed_f32 slot = DEED_EMPTY;

	expect_part_fault(DEED_NO_FAULT, run(20, reuse_part, &slot));
}

/* Of an arena that each worker has, the chunks are blocks of another one, which it has too. */
struct arenas {
	struct deed_arena outer, inner;
	struct deed_allocator blocks;
};

static void blocks_part(struct deed_part *part, void *context)
{
	struct arenas *const arenas = (struct arenas *)context + part->worker;
	deed_f32 xs = DEED_EMPTY;

	if (part->index % 3 == 0) {
		deed_arena_close(&arenas->inner);
		cr_assert(deed_arena_open(&arenas->inner,
					  &(struct deed_arena_options){
						  .allocator = &arenas->blocks }) == 0);
	}
	cr_assert(deed_new_in(&xs, &arenas->inner, LEN) == 0);
	do_inout(&xs);
	if (part->index % 2)
		deed_arena_reset(&arenas->inner);
}

Test(history, blocks_of_an_arena_under_another_are_silent)
{
	struct arenas arenas[4] = { { .outer = DEED_ARENA_EMPTY, .inner = DEED_ARENA_EMPTY } };
	struct deed_pool *pool = NULL;

	for (size_t i = 0; i < ARRAY_LEN(arenas); i++)
		arenas[i].blocks = deed_arena_allocator(&arenas[i].outer);
	cr_assert(deed_pool_new(&pool, 4) == 0);
	expect_part_fault(DEED_NO_FAULT, run(60, blocks_part, arenas));
	expect_part_fault(DEED_NO_FAULT, run_on(pool, 60, blocks_part, arenas));
	cr_assert(deed_pool_free(&pool) == 0);
	for (size_t i = 0; i < ARRAY_LEN(arenas); i++) {
		deed_arena_close(&arenas[i].inner);
		deed_arena_close(&arenas[i].outer);
	}
}

/* Blocks have no handle: who has their address has them. */
static void malloc_part(struct deed_part *part, void *context)
{
	void **const shelf = context;
	void *block = deed_malloc(100);

	cr_assert(block != NULL);
	block = deed_realloc(block, 1000);
	lend_some(block, 8);
	deed_free(block);
	if (part->index % 2)
		deed_free(*shelf);
	else
		*shelf = deed_malloc(50);
}

static void scratch_part(struct deed_part *part, void *context)
{
	struct deed_arena *const arena = deed_part_scratch(part), *const arenas = context;
	deed_f32 xs = DEED_EMPTY;

	DEED_SCRATCH(own);
	cr_assert(deed_new_in(&xs, arena, LEN) == 0);
	do_inout(&xs);
	lend_some(deed_arena_new(arena, float, 8), 8);
	xs = (deed_f32)DEED_EMPTY;
	cr_assert(deed_new_in(&xs, own, LEN) == 0);
	do_inout(&xs);
	/* One that each worker has, and leaves as it is. */
	xs = (deed_f32)DEED_EMPTY;
	deed_arena_reset(&arenas[part->worker]);
	cr_assert(deed_new_in(&xs, &arenas[part->worker], LEN) == 0);
	do_inout(&xs);
}

Test(history, blocks_and_what_is_in_arenas_are_silent)
{
	struct deed_arena arenas[4] = { DEED_ARENA_EMPTY };
	struct deed_pool *pool = NULL;
	void *shelf = NULL;

	cr_assert(deed_pool_new(&pool, 4) == 0);
	expect_part_fault(DEED_NO_FAULT, run(100, malloc_part, &shelf));
	expect_part_fault(DEED_NO_FAULT, run(100, scratch_part, arenas));
	expect_part_fault(DEED_NO_FAULT, run_on(pool, 100, scratch_part, arenas));
	for (size_t i = 0; i < ARRAY_LEN(arenas); i++)
		deed_arena_close(&arenas[i]);
	cr_assert(deed_pool_free(&pool) == 0);
}

struct callers {
	deed_f32_borrowed xs;
	deed_f32 *owner;
};

static void callers_part(struct deed_part *part, void *context)
{
	const struct callers *const callers = context;
	float sum = deed_at(callers->xs, part->index);

	{
		DEED_BORROWED_PART(v, &callers->xs, 0, part->index + 1);
		sum += deed_at(v, 0);
	}
	{
		DEED_BORROWED(v, callers->owner);
		sum += deed_at(v, 0);
	}
	cr_assert(sum == 0);
}

Test(history, what_all_only_read_is_silent)
{
	deed_f32 xs = DEED_EMPTY;

	cr_assert(deed_new_zeroed(&xs, LEN) == 0);
	{
		DEED_BORROWED(v, &xs);
		struct callers callers = { v, &xs };

		expect_part_fault(DEED_NO_FAULT, run(LEN, callers_part, &callers));
	}
	deed_drop(&xs);
}

static void same_part(struct deed_part *part, void *context)
{
	DEED_INOUT_PART(v, (deed_f32 *)context, part->index, part->index + 1);
}

Test(history, one_call_knows_nothing_of_another)
{
	deed_f32 xs = DEED_EMPTY;

	cr_assert(deed_new(&xs, LEN) == 0);
	for (int i = 0; i < 100; i++)
		expect_part_fault(DEED_NO_FAULT, run(LEN, same_part, &xs));
	{
		DEED_INOUT(v, &xs);
		deed_at(v, 0) = 1;
	}
	deed_drop(&xs);
}

static void lend_block_part(struct deed_part *part, void *context)
{
	void *const block = *(void **)context;

	if (part->index == 0)
		lend_some(block, 8);
	else
		deed_free(block);
}

static void free_block_part(struct deed_part *part, void *context)
{
	void *const block = *(void **)context;

	if (part->index == 0)
		deed_free(block);
	else
		lend_some(block, 8);
}

Test(history, a_block_is_not_freed_by_one_and_lent_by_another)
{
	void *block = deed_calloc(8, sizeof(float));

	expect_part_fault(DEED_E19, run(2, lend_block_part, &block));
	deed_free(block);
	block = deed_calloc(8, sizeof(float));
	expect_part_fault(DEED_E04, run(2, free_block_part, &block));
}

/* ---- parts of parts ------------------------------------------------------------------------- */

/* Part `outer` of 4 has elements [8 * outer, 8 * outer + 8), and each of its own 4 parts two of
 * them. */
struct nested {
	deed_f32 xs;
	bool meets_inside, meets_outside;
};

struct inside {
	struct nested *nested;
	size_t outer;
};

static void inner_part(struct deed_part *part, void *context)
{
	const struct inside *const inside = context;
	struct nested *const nested = inside->nested;
	const size_t lo = 8 * inside->outer + 2 * part->index;

	{
		DEED_INOUT_PART(v, &nested->xs, lo,
				lo + 2 + (nested->meets_inside && part->index == 1));
	}
	if (nested->meets_outside && inside->outer == 0 && part->index == 3) {
		DEED_BORROWED_PART(v, &nested->xs, 8, 9);
	}
}

static void outer_part(struct deed_part *part, void *context)
{
	struct inside inside = { context, part->index };

	run(4, inner_part, &inside);
	{ /* what its own parts have had is its own */
		DEED_INOUT_PART(v, &inside.nested->xs, 8 * part->index, 8 * part->index + 8);
	}
}

Test(history, parts_of_a_part_are_that_part_to_others)
{
	struct nested nested = { DEED_EMPTY, false, false };

	cr_assert(deed_new(&nested.xs, LEN) == 0);
	expect_part_fault(DEED_NO_FAULT, run(4, outer_part, &nested));
	nested.meets_inside = true;
	expect_part_fault(DEED_E19, run(4, outer_part, &nested));
	cr_expect(strstr(faults.report.message, "by part 2, and lent inout by part 1"), "%s",
		  faults.report.message);
	deed_drop(&nested.xs);
	nested.meets_inside = false;
	nested.meets_outside = true;
	cr_assert(deed_new(&nested.xs, LEN) == 0);
	expect_part_fault(DEED_E19, run(4, outer_part, &nested));
	cr_expect(strstr(faults.report.message, "by part 1, and borrowed by part 0"), "%s",
		  faults.report.message);
	deed_drop(&nested.xs);
}

/* In the background there are no parts; but a plan may be worked on there. */
static int work_on_plan(void *owner, void *context)
{
	(void)context;
	do_inout(owner);
	run(8, same_part, owner);
	run(2, replace_part, owner);
	return 0;
}

Test(history, a_plan_in_the_background_has_its_own)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_f32 xs = DEED_EMPTY;

	cr_assert(deed_new(&xs, LEN) == 0);
	faults_begin();
	cr_assert(deed_async(NULL, &async, work_on_plan, &xs, NULL) == 0);
	cr_assert(deed_await(&async, &xs) == 0);
	cr_expect(faults_end() == DEED_E19);
	cr_expect(atomic_load(&faults.count) == 1);
	deed_settle(&xs);
}

/* ---- what parts have begun in the background ------------------------------------------------ */

/* What all parts hand over, and to whom. */
struct behind {
	deed_f32 *xs;
	struct deed_pool *pool;
	deed_async_fn fn;
	deed_part_fn inner;
	void (*act[2])(deed_f32 *);
	bool is_left; /* who began it does not await it */
	pthread_mutex_t lock;
	size_t begun;
	struct deed_async asyncs[16];
	deed_f32 lent[16], mine[16]; /* handed over, and of whoever awaited it */
	size_t seen;
};

/* What a function in the background knows of its part. */
struct errand {
	struct behind *behind;
	size_t index;
	struct deed_async further;
	deed_f32 spare;
};

static struct errand errands[16];

static int act_behind(void *owner, void *context)
{
	const struct errand *const errand = context;

	do_inout(owner);
	errand->behind->act[errand->index % 2](errand->behind->xs);
	return 0;
}

static int write_own_elements(void *owner, void *context)
{
	const struct errand *const errand = context;
	DEED_INOUT_PART(v, errand->behind->xs, 4 * errand->index, 4 * errand->index + 4);

	(void)owner;
	deed_at(v, 3) = 1;
	return 0;
}

/* Begins another one, and awaits it. */
static int act_further_behind(void *owner, void *context)
{
	struct errand *const errand = context;
	int err = deed_async(errand->behind->pool, &errand->further, act_behind, (deed_f32 *)owner,
			     errand);

	cr_assert(err == 0);
	err = deed_await(&errand->further, (deed_f32 *)owner);
	return err;
}

static void act_inside(struct deed_part *part, void *context)
{
	const struct errand *const errand = context;

	if (part->index == 1)
		errand->behind->act[errand->index % 2](errand->behind->xs);
}

static int run_behind(void *owner, void *context)
{
	struct errand *const errand = context;

	(void)owner;
	run_on(errand->behind->pool, 3, act_inside, errand);
	return 0;
}

static int take_and_leave(void *owner, void *context)
{
	deed_f32 *const xs = owner;

	(void)context;
	do_inout(xs);
	do_resize(xs);
	do_inout(xs);
	return 0;
}

static void begin_behind(struct behind *behind, size_t index)
{
	struct errand *const errand = &errands[index];

	errand->behind = behind;
	errand->index = index;
	cr_assert(deed_new(&behind->lent[index], 4) == 0);
	cr_assert(deed_async(behind->pool, &behind->asyncs[index], behind->fn, &behind->lent[index],
			     errand) == 0);
}

static void await_behind(struct behind *behind, size_t index)
{
	cr_assert(deed_await(&behind->asyncs[index], &behind->mine[index]) == 0);
	if (deed_owns(&behind->mine[index]))
		deed_drop(&behind->mine[index]);
}

static void begin_part(struct deed_part *part, void *context)
{
	struct behind *const behind = context;

	begin_behind(behind, part->index);
	if (!behind->is_left)
		await_behind(behind, part->index);
}

/* Parts inside begin it: two outer ones, with two parts each. */
static void begin_inside(struct deed_part *part, void *context)
{
	const struct errand *const errand = context;

	begin_behind(errand->behind, 2 * errand->index + part->index);
	if (!errand->behind->is_left)
		await_behind(errand->behind, 2 * errand->index + part->index);
}

static void begin_deeper(struct deed_part *part, void *context)
{
	struct behind *const behind = context;
	struct errand errand = { .behind = behind, .index = part->index };

	run_on(behind->pool, 2, begin_inside, &errand);
}

/* Whoever comes finds what others have begun, and awaits that. */
static void relay_part(struct deed_part *part, void *context)
{
	struct behind *const behind = context;

	pthread_mutex_lock(&behind->lock);
	if (behind->begun)
		await_behind(behind, --behind->begun);
	begin_behind(behind, behind->begun++);
	pthread_mutex_unlock(&behind->lock);
	(void)part;
}

/* Part 0 has it done, part 1 does it. */
static void one_behind_part(struct deed_part *part, void *context)
{
	struct behind *const behind = context;

	if (part->index == 0)
		begin_part(part, behind);
	else
		behind->act[1](behind->xs);
}

/* What comes to be told, of two or more parts that each begin `fn`. */
static enum deed_fault fault_behind(struct behind *behind, deed_part_fn fn, size_t parts)
{
	deed_f32 xs = DEED_EMPTY;
	enum deed_fault fault;

	cr_assert(deed_new(&xs, LEN) == 0);
	behind->xs = &xs;
	memset(behind->asyncs, 0, sizeof behind->asyncs);
	memset(behind->lent, 0, sizeof behind->lent);
	memset(behind->mine, 0, sizeof behind->mine);
	memset(errands, 0, sizeof errands);
	behind->begun = 0;
	faults_begin();
	run_on(behind->pool, parts, fn, behind);
	for (size_t i = 0; i < ARRAY_LEN(behind->asyncs); i++)
		if (behind->asyncs[i].is_under_way)
			await_behind(behind, i);
	fault = faults_end();
	deed_settle(&xs);
	return fault;
}

/* Awaited by the part, or when all parts are over; on no thread, this one or others; in each order.
 */
static void expect_behind(struct behind *behind, deed_part_fn fn, size_t parts,
			  enum deed_fault expected, enum deed_fault or_else)
{
	struct deed_pool *pools[3] = { NULL };

	cr_assert(deed_pool_new(&pools[1], 2) == 0 && deed_pool_new(&pools[2], 8) == 0);
	for (unsigned i = 0; i < 3 * 2 * 8; i++) {
		char option[32];
		enum deed_fault fault;

		snprintf(option, sizeof option, "schedule=%u", i / 6);
		cr_assert(deed_options_parse(option) == 0);
		behind->pool = pools[i % 3];
		behind->is_left = i / 3 % 2;
		fault = fault_behind(behind, fn, parts);
		cr_expect(fault == expected || fault == or_else, "pool %u, left %u, %s: %s: %s",
			  i % 3, i / 3 % 2, option, trapped_id(fault), faults.report.message);
	}
	cr_assert(deed_options_parse("schedule=0") == 0);
	cr_assert(deed_pool_free(&pools[1]) == 0 && deed_pool_free(&pools[2]) == 0);
}

static void expect_pair_behind(struct behind behind, deed_part_fn fn, size_t parts,
			       enum deed_fault expected, enum deed_fault or_else)
{
	void (*const first)(deed_f32 *) = behind.act[0];

	expect_behind(&behind, fn, parts, expected, or_else);
	behind.act[0] = behind.act[1];
	behind.act[1] = first;
	expect_behind(&behind, fn, parts, expected, or_else);
}

Test(history, what_parts_have_done_behind_them_is_theirs)
{
	expect_pair_behind((struct behind){ .fn = act_behind, .act = { do_inout, do_inout_part } },
			   begin_part, 2, DEED_E19, DEED_E19);
	expect_pair_behind((struct behind){ .fn = act_behind, .act = { do_borrow, do_inout_part } },
			   begin_part, 4, DEED_E19, DEED_E19);
	expect_pair_behind((struct behind){ .fn = act_behind, .act = { do_borrow, do_resize } },
			   begin_part, 2, DEED_E19, DEED_E19);
	expect_pair_behind((struct behind){ .fn = act_behind, .act = { do_inout, do_drop } },
			   begin_part, 2, DEED_E19, DEED_E04);
	expect_pair_behind((struct behind){ .fn = act_behind, .act = { do_inout, do_inout } },
			   one_behind_part, 2, DEED_E19, DEED_E19);
	expect_pair_behind((struct behind){ .fn = act_behind, .act = { do_borrow, do_inout } },
			   one_behind_part, 2, DEED_E19, DEED_E19);
}

Test(history, what_is_begun_further_behind_is_the_parts_too)
{
	expect_pair_behind(
		(struct behind){ .fn = act_further_behind, .act = { do_inout, do_inout } },
		begin_part, 2, DEED_E19, DEED_E19);
	expect_pair_behind((struct behind){ .fn = run_behind, .act = { do_inout, do_borrow } },
			   begin_part, 2, DEED_E19, DEED_E19);
	/* Parts of one outer part, and of two. */
	expect_pair_behind((struct behind){ .fn = act_behind, .act = { do_inout, do_borrow } },
			   begin_deeper, 1, DEED_E19, DEED_E19);
	expect_pair_behind((struct behind){ .fn = run_behind, .act = { do_inout, do_inout } },
			   begin_deeper, 2, DEED_E19, DEED_E19);
}

Test(history, what_meets_nothing_behind_is_silent)
{
	expect_pair_behind((struct behind){ .fn = act_behind, .act = { do_borrow, do_borrow } },
			   begin_part, 16, DEED_NO_FAULT, DEED_NO_FAULT);
	expect_pair_behind((struct behind){ .fn = act_behind, .act = { do_clone, do_borrow } },
			   begin_part, 16, DEED_NO_FAULT, DEED_NO_FAULT);
	expect_pair_behind((struct behind){ .fn = write_own_elements }, begin_part, 16,
			   DEED_NO_FAULT, DEED_NO_FAULT);
	expect_pair_behind((struct behind){ .fn = write_own_elements }, begin_deeper, 8,
			   DEED_NO_FAULT, DEED_NO_FAULT);
	expect_pair_behind((struct behind){ .fn = take_and_leave }, begin_part, 16, DEED_NO_FAULT,
			   DEED_NO_FAULT);
	/* One part is in no order with what it has begun, but that is told where they meet. */
	expect_pair_behind((struct behind){ .fn = act_behind, .act = { do_inout, do_inout } },
			   begin_part, 1, DEED_NO_FAULT, DEED_NO_FAULT);
}

Test(history, what_is_handed_over_begins_anew_for_who_awaits_it)
{
	struct behind behind = { .fn = take_and_leave, .lock = PTHREAD_MUTEX_INITIALIZER };

	expect_behind(&behind, relay_part, 16, DEED_NO_FAULT, DEED_NO_FAULT);
}

/* Outside of parts there is order: who awaits has it. */
Test(history, what_no_part_has_begun_is_compared_with_none)
{
	struct behind behind = { .fn = act_behind, .act = { do_inout, do_inout } };
	deed_f32 xs = DEED_EMPTY;

	cr_assert(deed_new(&xs, LEN) == 0);
	behind.xs = &xs;
	faults_begin();
	for (size_t i = 0; i < 4; i++) {
		begin_behind(&behind, i);
		run(1, same_part, &xs);
		await_behind(&behind, i);
	}
	cr_expect(faults_end() == DEED_NO_FAULT, "%s", faults.report.message);
	deed_drop(&xs);
}

static int skip_nothing(void *owner, void *context)
{
	do_inout(owner);
	do_inout(((const struct errand *)context)->behind->xs);
	return 0;
}

/* A history stays for what has not run yet, and no longer. */
Test(history, memory_is_flat_when_parts_are_over_before_what_they_began)
{
	struct behind behind = { .fn = skip_nothing, .is_left = true };
	size_t bytes = 0;

	for (unsigned i = 0; i < 2000; i++) {
		cr_assert(fault_behind(&behind, begin_part, 1) == DEED_NO_FAULT);
		if (i == 100)
			bytes = deed_stats().ledger_bytes;
	}
	/* The rows of what has ended are kept, up to some number. */
	cr_expect(deed_stats().ledger_bytes - bytes < (size_t)2 << 20, "%zu bytes more",
		  deed_stats().ledger_bytes - bytes);
}

/* ---- what is told --------------------------------------------------------------------------- */

enum { MEETS_LINE = __LINE__ + 5 };

static void neighbour_part(struct deed_part *part, void *context)
{
	const size_t lo = part->lo, hi = part->hi + (part->index == 1);
	DEED_INOUT_PART(v, (deed_f32 *)context, lo, hi);
}

static struct deed_report_site told[8];
static size_t told_count;

static void keep_sites(const struct deed_report *report, void *context)
{
	for (told_count = 0; told_count < report->site_count && told_count < ARRAY_LEN(told);
	     told_count++)
		told[told_count] = report->sites[told_count];
	*(enum deed_fault *)context = report->fault;
}

Test(history, both_parts_are_told_and_what_they_share)
{
	enum deed_fault fault = DEED_NO_FAULT;
	struct deed_plan plan;
	deed_f32 xs = DEED_EMPTY;
	bool has_team = false;

	cr_assert(deed_new(&xs, LEN) == 0);
	deed_plan_chunks(&plan, LEN, 8);
	deed_on_fault(keep_sites, &fault);
	cr_assert(deed_parallel_for(NULL, &plan, neighbour_part, &xs) == 0);
	deed_on_fault(trapped_handler, NULL);
	cr_assert(fault == DEED_E19 && told_count >= 3);
	cr_expect(told[0].role == DEED_ROLE_HERE && told[0].part == 2 && told[0].parts == 8);
	cr_expect(told[0].part_lo == 16 && told[0].part_hi == 24);
	cr_expect(told[0].lo == 16 && told[0].hi == 24);
	cr_expect(told[1].role == DEED_ROLE_LENT_INOUT && told[1].part == 1 && told[1].parts == 8);
	cr_expect(told[1].part_lo == 8 && told[1].part_hi == 16);
	cr_expect(told[1].lo == 8 && told[1].hi == 17);
	cr_expect(told[1].site->line == MEETS_LINE, "line %u", told[1].site->line);
	for (size_t i = 0; i < told_count; i++)
		has_team |= told[i].role == DEED_ROLE_TEAM;
	cr_expect(has_team);
	expect_part_fault(DEED_NO_FAULT, (void)0);
	deed_drop(&xs);
}

Test(history, what_was_done_in_the_background_is_called_so)
{
	struct behind behind = { .fn = act_behind, .act = { do_inout, do_inout_part } };

	cr_assert(fault_behind(&behind, begin_part, 2) == DEED_E19);
	cr_expect_str_eq(faults.report.message,
			 "`xs` is lent inout here by part 1 in the background, and lent inout by "
			 "part 0 in the background: both have elements [10, 20)");
	cr_assert(fault_behind(&behind, one_behind_part, 2) == DEED_E19);
	cr_expect_str_eq(faults.report.message,
			 "`xs` is lent inout here by part 1, and lent inout by part 0 in the "
			 "background: both have elements [10, 20)");
}

Test(history, the_sentence_names_both_and_their_elements)
{
	deed_f32 xs = DEED_EMPTY;
	struct ranges ranges = {
		DEED_EMPTY, { { 0, 8, true }, { 4, 20, true }, { 40, 50, false }, { 0, 0, 0 } }
	};

	cr_assert(deed_new(&ranges.xs, LEN) == 0);
	expect_part_fault(DEED_E19, run(2, range_part, &ranges));
	cr_expect_str_eq(faults.report.message,
			 "`ranges->xs` is lent inout here by part 1, and lent inout by part 0: "
			 "both have elements [4, 8)");
	deed_drop(&ranges.xs);
	cr_assert(deed_new(&xs, LEN) == 0);
	expect_part_fault(DEED_E19, run(2, replace_part, &xs));
	cr_expect(strstr(faults.report.message, "by part 1, and made by part 0") != NULL ||
			  strstr(faults.report.message, "by part 0") != NULL,
		  "%s", faults.report.message);
	deed_settle(&xs);
}

/* ---- memory and time ------------------------------------------------------------------------ */

static size_t bytes_inside;

static void again_part(struct deed_part *part, void *context)
{
	deed_f32 *const xs = context;

	for (size_t i = 0; i < 100000; i++) {
		DEED_INOUT_PART(v, xs, 8 * part->index, 8 * part->index + 8);
		if (i == 100)
			bytes_inside = deed_stats().ledger_bytes;
	}
	bytes_inside = deed_stats().ledger_bytes - bytes_inside;
}

static void sweep_part(struct deed_part *part, void *context)
{
	deed_f32 *const xs = context;

	for (size_t i = 0; i < 200000; i++) {
		const size_t at = i % 100000;
		{
			DEED_BORROWED_PART(v, xs, at, at + 1);
		}
		if (part->index == 0) {
			DEED_INOUT_PART(v, xs, at, at + 1);
		}
		if (i == 100)
			bytes_inside = deed_stats().ledger_bytes;
	}
	bytes_inside = deed_stats().ledger_bytes - bytes_inside;
}

static void local_part(struct deed_part *part, void *context)
{
	(void)context;
	for (size_t i = 0; i < 100000; i++) {
		deed_f32 mine = DEED_EMPTY, his = DEED_EMPTY;

		cr_assert(deed_new(&mine, 4) == 0);
		deed_move(&his, &mine);
		do_inout(&his);
		deed_drop(&his);
		/* The rows of what has ended are kept, but for the oldest. */
		if (i == 70000)
			bytes_inside = deed_stats().ledger_bytes;
	}
	(void)part;
	bytes_inside = deed_stats().ledger_bytes - bytes_inside;
}

static void scratches_part(struct deed_part *part, void *context)
{
	(void)part;
	(void)context;
	for (size_t i = 0; i < 100000; i++) {
		deed_f32 xs = DEED_EMPTY;
		DEED_SCRATCH(scratch);

		cr_assert(deed_new_in(&xs, scratch, 4) == 0);
		do_inout(&xs);
		if (i == 70000)
			bytes_inside = deed_stats().ledger_bytes;
	}
	bytes_inside = deed_stats().ledger_bytes - bytes_inside;
}

static void reader_part(struct deed_part *part, void *context)
{
	do_borrow(context);
	do_borrow_part(context);
	if (part->index == 100)
		bytes_inside = deed_stats().ledger_bytes;
	if (part->index == 99999)
		bytes_inside = deed_stats().ledger_bytes - bytes_inside;
}

Test(history, memory_is_flat)
{
	deed_f32 xs = DEED_EMPTY;

	cr_assert(deed_new(&xs, 100000) == 0);
	expect_part_fault(DEED_NO_FAULT, run(2, again_part, &xs));
	cr_expect(bytes_inside == 0, "%zu bytes more, one part", bytes_inside);
	expect_part_fault(DEED_NO_FAULT, run(1, sweep_part, &xs));
	cr_expect(bytes_inside == 0, "%zu bytes more, element by element", bytes_inside);
	expect_part_fault(DEED_NO_FAULT, run(1, local_part, NULL));
	cr_expect(bytes_inside == 0, "%zu bytes more, owners of its own", bytes_inside);
	expect_part_fault(DEED_NO_FAULT, run(1, scratches_part, NULL));
	cr_expect(bytes_inside < 1000, "%zu bytes more, owners in scratch", bytes_inside);
	expect_part_fault(DEED_NO_FAULT, run(100000, reader_part, &xs));
	cr_expect(bytes_inside == 0, "%zu bytes more, readers", bytes_inside);
	deed_drop(&xs);
}

static void stride_part(struct deed_part *part, void *context)
{
	const size_t at = part->index * 7919 % 100000;
	DEED_INOUT_PART(v, (deed_f32 *)context, at, at + 1);
}

static void prefix_part(struct deed_part *part, void *context)
{
	DEED_BORROWED_PART(v, (deed_f32 *)context, 0, part->index + 1);
}

Test(history, a_hundred_thousand_parts_take_no_square, .timeout = 60)
{
	deed_f32 xs = DEED_EMPTY;
	size_t before;

	cr_assert(deed_new(&xs, 100000) == 0);
	expect_part_fault(DEED_NO_FAULT,
			  run(1, stride_part, &xs)); /* a history stays, for the next */
	before = deed_stats().ledger_bytes;
	for (int i = 0; i < 3; i++) {
		expect_part_fault(DEED_NO_FAULT, run(100000, stride_part, &xs));
		expect_part_fault(DEED_NO_FAULT, run(100000, prefix_part, &xs));
	}
	cr_expect(deed_stats().ledger_bytes == before, "%zu bytes are left",
		  deed_stats().ledger_bytes - before);
	deed_drop(&xs);
}

static void read_or_drop_part(struct deed_part *part, void *context)
{
	if (part->index)
		do_drop(context);
	else
		do_borrow(context);
}

static OUT_OF_LINE enum deed_fault jump_out(void)
{
	static deed_f32 xs;
	enum deed_fault fault;

	cr_assert(deed_new(&xs, LEN) == 0);
	fault = fault_jumped(run(2, read_or_drop_part, &xs));
	do_inout(&xs);
	deed_drop(&xs);
	return fault;
}

Test(history, a_call_that_was_jumped_out_of_leaves_nothing)
{
	size_t before = 0;

	for (int i = 0; i < 300; i++) {
		cr_expect(jump_out() == DEED_E19);
		if (i == 10)
			before = deed_stats().ledger_bytes;
	}
	/* But the rows of the buffers, whose story is kept. */
	cr_expect(deed_stats().ledger_bytes < before + (size_t)300 * 256, "%zu bytes more",
		  deed_stats().ledger_bytes - before);
}

/* ---- fork ----------------------------------------------------------------------------------- */

static void fork_part(struct deed_part *part, void *context)
{
	deed_f32 *const xs = context;

	if (part->index == 0)
		do_inout_part(xs);
	if (part->index == 1) {
		int status = 0;
		const pid_t child = fork();

		if (!child) {
			faults_begin();
			do_inout_part(xs);
			_exit(faults_end() == DEED_E19 ? 0 : CHILD_WRONG);
		}
		cr_assert(waitpid(child, &status, 0) == child);
		cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", status);
	}
}

Test(history, a_child_of_fork_knows_what_was_before)
{
	deed_f32 xs = DEED_EMPTY;

	cr_assert(deed_new(&xs, LEN) == 0);
	expect_part_fault(DEED_NO_FAULT, run(3, fork_part, &xs));
	deed_drop(&xs);
}
