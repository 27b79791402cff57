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

#include "deed/arena.h"
#include "deed/malloc.h"
#include "deed/pool.h"
#include "deed/share.h"
#include "deed/soa.h"

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

static void pair_part(struct deed_part *part, void *context)
{
	struct pair *const pair = context;

	pair->of[part->index]->act(&pair->xs);
}

Test(history, each_pair_of_acts_is_told_whichever_comes_first)
{
	for (size_t i = 0; i < ARRAY_LEN(acts); i++)
		for (size_t j = 0; j < ARRAY_LEN(acts); j++) {
			struct pair pair = { DEED_EMPTY, { &acts[i], &acts[j] } };
			enum deed_fault expected = verdicts[acts[i].kind][acts[j].kind], got;

			cr_assert(deed_new(&pair.xs, LEN) == 0);
			got = part_fault_of(run(2, pair_part, &pair));
			cr_expect(got == expected, "%s, then %s: expected %s, got %s: %s",
				  acts[i].name, acts[j].name, trapped_id(expected), trapped_id(got),
				  faults.report.message);
			deed_settle(&pair.xs);
			cr_assert(deed_stats().live_buffers == 0 && deed_stats().live_loans == 0,
				  "%s, then %s: %zu buffers, %zu loans", acts[i].name, acts[j].name,
				  deed_stats().live_buffers, deed_stats().live_loans);
		}
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
