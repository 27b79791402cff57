/* SPDX-License-Identifier: MIT
 *
 * tests/test_hot.c - hot regions: what is told of them, and what is not.
 *
 * An advisory is told once per place, so each test has places of its own. What is counted is
 * told at exit: in children.
 */
#include "trapped.h"

#include "deed/allocator.h"
#include "deed/hot.h"
#include "deed/malloc.h"
#include "trap/cell.h"
#include "trap/shard.h"

/* What was counted is told when a test's process exits, which is no news here. */
static void hear_nothing(const struct deed_report *report, void *context)
{
	(void)report;
	(void)context;
}

static void hot_end(void)
{
	trapped_end();
	deed_on_fault(hear_nothing, NULL);
}

TestSuite(hot, .init = trapped_begin, .fini = hot_end, .timeout = 60);

static void remake(deed_f32 *xs, size_t count)
{
	deed_settle(xs);
	require(deed_new(xs, count) == 0);
}

/* ---- A01 ------------------------------------------------------------------------------------ */

Test(hot, an_allocation_is_told_with_its_region)
{
	deed_f32 xs = DEED_EMPTY;

	{
		const unsigned line = __LINE__ + 1;
		DEED_HOT("here");

		expect_fault(DEED_A01, cr_assert(deed_new(&xs, 10) == 0));
		cr_expect(trapped.report.count == 10);
		cr_expect(trapped_sites(DEED_ROLE_HOT, line) == 1);
		cr_expect(strstr(trapped.report.message,
				 "`xs` is allocated in the hot region `here`"));
		deed_drop(&xs);
	}
	expect_silent(cr_assert(deed_new(&xs, 10) == 0));
	deed_drop(&xs);
}

Test(hot, every_verb_that_allocates_is_one)
{
	const float values[3] = { 1, 2, 3 };
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY, c = DEED_EMPTY, d = DEED_EMPTY, e = DEED_EMPTY;

	{
		DEED_HOT("all");

		expect_fault(DEED_A01, cr_assert(deed_new_zeroed(&a, 3) == 0));
		expect_fault(DEED_A01, cr_assert(deed_new_aligned(&b, 3, 64) == 0));
		expect_fault(DEED_A01, cr_assert(deed_new2(&c, 3, 1) == 0));
		expect_fault(DEED_A01, cr_assert(deed_from(&d, values, 3) == 0));
		expect_fault(DEED_A01, cr_assert(deed_clone(&e, &d) == 0));
		expect_fault(DEED_A01, cr_assert(deed_resize(&e, 4) == 0));
		cr_expect(trapped_sites(DEED_ROLE_ALLOCATED, 0) == 1);
		cr_expect(strstr(trapped.report.message, "is resized in"));
	}
	deed_drop(&a);
	deed_drop(&b);
	deed_drop(&c);
	deed_drop(&d);
	deed_drop(&e);
}

Test(hot, blocks_and_other_allocators_are_no_exception)
{
	deed_f32 xs = DEED_EMPTY;
	void *block = NULL;

	{
		DEED_HOT("blocks");

		expect_fault(DEED_A01, block = deed_malloc(10));
		cr_expect(
			strstr(trapped.report.message, "10 bytes are allocated in the hot region"));
		expect_fault(DEED_A01, block = deed_realloc(block, 20));
		cr_expect(strstr(trapped.report.message, "`block` is resized in the hot region"));
		expect_silent(deed_free(block));
		expect_fault(DEED_A01, cr_assert(deed_new_with(&xs, deed_heap(), 10) == 0));
	}
	deed_drop(&xs);
}

Test(hot, what_allocates_nothing_is_silent)
{
	static const float values[3] = { 1, 2, 3 };
	_Alignas(64) float lent[16] = { 0 };
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY, fixed = DEED_EMPTY;

	cr_assert(deed_new_aligned(&xs, 64, 64) == 0);
	{
		DEED_HOT("quiet");

		expect_silent(cr_assert(deed_resize(&xs, 64) == 0));
		expect_silent(cr_assert(deed_new(&ys, SIZE_MAX) < 0));
		expect_silent(deed_move(&ys, &xs); deed_swap(&ys, &xs));
		expect_silent(cr_assert(deed_static(&fixed, values, 3) == 0));
		expect_silent({
			DEED_LEND(v, lent, 16);
			DEED_INOUT(w, &xs);

			deed_at(w, 0) = deed_at(v, 1);
			deed_fill(w, 1.0f);
			cr_expect(deed_data(deed_slice(w, 16, 64))[0] == 1.0f);
		});
		expect_silent(deed_drop(&xs));
		expect_silent(deed_settle(&fixed));
	}
}

Test(hot, a_place_is_told_once)
{
	deed_f32 xs = DEED_EMPTY;
	unsigned count = 0;

	for (int i = 0; i < 5; i++) {
		DEED_HOT("once");

		count += fault_of(remake(&xs, 8)) == DEED_A01;
	}
	{
		DEED_HOT("another region, the same place");

		count += fault_of(remake(&xs, 8)) == DEED_A01;
	}
	cr_expect(count == 1, "%u", count);
	deed_drop(&xs);
}

Test(hot, an_advisory_is_no_fault_of_the_buffer)
{
	const struct deed_statistics before = deed_stats();
	deed_f32 xs = DEED_EMPTY, copy;

	{
		DEED_HOT("no fault");

		expect_fault(DEED_A01, cr_assert(deed_new(&xs, 8) == 0));
		expect_fault(DEED_A01, cr_assert(deed_resize(&xs, 9) == 0));
	}
	cr_expect(deed_stats().advisories == before.advisories + 2);
	cr_expect(deed_stats().reports == before.reports);
	cr_expect(deed_stats().follow_ons == before.follow_ons);
	memcpy(&copy, &xs, sizeof copy);
	deed_drop(&xs);
	expect_fault(DEED_E05, deed_drop(&copy));
	cr_expect(deed_stats().reports == before.reports + 1);
}

Test(hot, a_handler_that_jumps_out_leaves_the_owner_whole)
{
	static deed_f32 xs = DEED_EMPTY;

	{
		DEED_HOT("jumps");

		cr_expect(fault_jumped(remake(&xs, 12)) == DEED_A01);
	}
	cr_expect(deed_owns(&xs) && deed_len(xs) == 12);
	deed_drop(&xs);
}

/* ---- where a region ends -------------------------------------------------------------------- */

/* Whether the calling thread is in a region: by a place that nothing was told of. */
#define is_hot()                                                                                   \
	(__extension__({                                                                           \
		deed_u8 hot_probe = DEED_EMPTY;                                                    \
		const enum deed_fault hot_seen =                                                   \
			fault_of(cr_assert(deed_new(&hot_probe, 1) == 0));                         \
                                                                                                   \
		deed_drop(&hot_probe);                                                             \
		hot_seen == DEED_A01;                                                              \
	}))

static int returns_early(int early)
{
	DEED_HOT("returns");

	if (early)
		return 1;
	return 2;
}

Test(hot, whatever_leaves_the_block_ends_the_region)
{
	cr_expect(!is_hot());
	cr_expect(returns_early(1) == 1);
	cr_expect(!is_hot());
	for (int i = 0; i < 3; i++) {
		DEED_HOT("loop");

		if (i == 0)
			continue;
		break;
	}
	cr_expect(!is_hot());
	{
		DEED_HOT("goto");

		goto out;
	}
out:
	cr_expect(!is_hot());
}

Test(hot, regions_nest_and_the_innermost_is_named)
{
	deed_u8 xs = DEED_EMPTY;

	DEED_HOT("outer");
	{
		DEED_HOT("inner");

		expect_fault(DEED_A01, cr_assert(deed_new(&xs, 1) == 0));
		cr_expect(strstr(trapped.report.message, "`inner`"));
	}
	deed_drop(&xs);
	expect_fault(DEED_A01, cr_assert(deed_new(&xs, 1) == 0));
	cr_expect(strstr(trapped.report.message, "`outer`"));
	deed_drop(&xs);
}

static jmp_buf land;

__attribute__((noinline)) static void jumps_out(void)
{
	DEED_HOT("left by a jump");

	longjmp(land, 1);
}

Test(hot, a_jump_ends_the_regions_of_the_frames_it_leaves)
{
	if (!setjmp(land))
		jumps_out();
	cr_expect(!is_hot());
	for (volatile int i = 0; i < 1000; i++)
		if (!setjmp(land))
			jumps_out();
	cr_expect(!is_hot());
}

__attribute__((noinline)) static void jumps_within(int times)
{
	for (volatile int i = 0; i < times; i++) {
		if (setjmp(land))
			continue;
		DEED_HOT("left by a jump of its own function");
		longjmp(land, 1);
	}
}

Test(hot, a_region_left_within_its_function_ends_with_the_function)
{
	jumps_within(1000);
	cr_expect(!is_hot());
}

Test(hot, a_mark_of_loans_ends_the_regions_after_it)
{
	volatile uint64_t mark;
	deed_u8 xs = DEED_EMPTY;

	DEED_HOT("before the mark");
	mark = deed_loans_mark();
	if (!setjmp(land)) {
		DEED_HOT("after the mark");

		longjmp(land, 1);
	}
	deed_loans_unwind(mark);
	expect_fault(DEED_A01, cr_assert(deed_new(&xs, 1) == 0));
	cr_expect(strstr(trapped.report.message, "`before the mark`"), "%s",
		  trapped.report.message);
	deed_drop(&xs);
}

__attribute__((noinline)) static int recurses(int depth)
{
	DEED_HOT("recursion");

	return depth ? recurses(depth - 1) + 1 : 0;
}

Test(hot, recursion_may_be_deeper_than_regions_are_counted)
{
	cr_expect(recurses(1000) == 1000);
	cr_expect(!is_hot());
	DEED_HOT("after it");
	cr_expect(is_hot());
}

static void *not_in_it(void *seen)
{
	*(bool *)seen = is_hot();
	return NULL;
}

static void *ends_in_one(void *unused)
{
	DEED_HOT("a thread ends here");

	pthread_exit(unused);
}

Test(hot, a_region_belongs_to_its_thread)
{
	bool seen = true;
	pthread_t thread;

	DEED_HOT("of this thread");
	cr_assert(!pthread_create(&thread, NULL, not_in_it, &seen));
	pthread_join(thread, NULL);
	cr_expect(!seen);
	for (int i = 0; i < 10; i++) {
		cr_assert(!pthread_create(&thread, NULL, ends_in_one, NULL));
		pthread_join(thread, NULL);
	}
	cr_expect(is_hot());
}

/* ---- A04 ------------------------------------------------------------------------------------ */

Test(hot, an_operand_is_as_aligned_as_it_is_promised)
{
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;

	cr_assert(deed_new_zeroed(&xs, 64) == 0 && deed_new_aligned(&ys, 64, 64) == 0);
	{
		DEED_HOT("aligned");
		DEED_BORROWED(x, &xs);
		DEED_INOUT(y, &ys);

		expect_fault(DEED_A04, (void)deed_data(x));
		cr_expect(strstr(trapped.report.message, "aligned to 16 bytes, not to 64"));
		cr_expect(trapped_sites(DEED_ROLE_ALLOCATED, 0) == 1);
		cr_expect(trapped_sites(DEED_ROLE_HOT, 0) == 1);
		expect_fault(DEED_A04, deed_copy(y, x));
		cr_expect(strstr(trapped.report.message, "`x` in the hot region"));
		cr_expect(deed_at(y, 63) == 0.0f);
		expect_silent(deed_fill(y, 2.0f));
		expect_fault(DEED_A04, (void)deed_data(deed_slice(y, 1, 40)));
		cr_expect(strstr(trapped.report.message, "aligned to 4 bytes"));
		cr_expect(strstr(trapped.report.text, "begin parts and rows at multiples of 64"));
	}
	deed_drop(&xs);
	deed_drop(&ys);
}

Test(hot, what_lies_in_one_cache_line_needs_no_more)
{
	deed_u8 xs = DEED_EMPTY;

	cr_assert(deed_new_zeroed(&xs, 100) == 0);
	{
		DEED_HOT("small");
		DEED_INOUT(v, &xs);

		expect_silent((void)deed_data(deed_slice(v, 0, 16)));
		expect_silent((void)deed_data(deed_slice(v, 3, 4)));
		expect_silent((void)deed_data(deed_slice(v, 3, 3)));
		expect_fault(DEED_A04, (void)deed_data(deed_slice(v, 0, 17)));
	}
	expect_silent({
		DEED_INOUT(v, &xs);

		(void)deed_data(v);
	});
	deed_drop(&xs);
}

Test(hot, foreign_memory_is_aligned_as_it_lies)
{
	_Alignas(64) static float room[80];

	DEED_HOT("foreign");
	{
		DEED_LEND(v, room, 64);

		expect_silent((void)deed_data(v));
	}
	{
		DEED_LEND(v, room + 2, 64);

		expect_fault(DEED_A04, (void)deed_data(v));
		cr_expect(strstr(trapped.report.message, "aligned to 8 bytes"));
		cr_expect(strstr(trapped.report.text, "alignas"));
	}
}

/* ---- waiting -------------------------------------------------------------------------------- */

struct holder {
	uint32_t cell;
	atomic_int state;
};

/* Holds the lock of a cell's row until somebody has had the time to wait for it. */
static void *holds(void *context)
{
	struct holder *const holder = context;

	deed_shard_take(holder->cell);
	atomic_store(&holder->state, 1);
	while (atomic_load(&holder->state) == 1)
		;
	usleep(100000);
	deed_shard_give(holder->cell);
	return NULL;
}

/* Starts `holds`; the statements then wait for it. */
#define contended(xs, ...)                                                                         \
	do {                                                                                       \
		struct holder holder = { .cell = deed_word_slot(deed_handle_word(&(xs).h)) };      \
		pthread_t holding;                                                                 \
                                                                                                   \
		cr_assert(!pthread_create(&holding, NULL, holds, &holder));                        \
		while (!atomic_load(&holder.state))                                                \
			;                                                                          \
		atomic_store(&holder.state, 2);                                                    \
		__VA_ARGS__;                                                                       \
		pthread_join(holding, NULL);                                                       \
	} while (0)

Test(hot, a_loan_that_waits_for_another_thread_is_told)
{
	deed_f32 xs = DEED_EMPTY;
	deed_f32_inout part = DEED_EMPTY;

	cr_assert(deed_new_zeroed(&xs, 100) == 0);
	{
		DEED_HOT("crowded");

		contended(xs, expect_fault(DEED_A01, part = deed_inout_part(&xs, 0, 10)));
		cr_expect(strstr(trapped.report.message, "waits in the hot region `crowded`"));
		contended(xs, expect_fault(DEED_A01, deed_end(&xs, &part)));
		contended(xs, expect_silent({
				  /* A whole buffer is lent without a lock. */
				  DEED_INOUT(v, &xs);

				  deed_at(v, 0) = 1.0f;
			  }));
	}
	contended(xs, expect_silent(part = deed_inout_part(&xs, 0, 10)));
	deed_end(&xs, &part);
	deed_drop(&xs);
}

/* Which cells share a lock is the ledger's affair, as are its other locks: no change of the program
 * would help.
 */
Test(hot, a_wait_for_who_is_at_another_buffer_is_not)
{
	deed_f32 all[65] = { DEED_EMPTY }, *same = NULL;
	uint32_t slot;

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		cr_assert(deed_new_zeroed(&all[i], 100) == 0);
	slot = deed_word_slot(deed_handle_word(&all[0].h));
	for (size_t i = 1; i < ARRAY_LEN(all); i++)
		if (deed_word_slot(deed_handle_word(&all[i].h)) % DEED_SHARDS == slot % DEED_SHARDS)
			same = &all[i];
	cr_assert(same);
	{
		DEED_HOT("beside");
		deed_f32_inout part = DEED_EMPTY;

		contended(all[0], expect_silent(part = deed_inout_part(same, 0, 10)));
		contended(all[0], expect_silent(deed_end(same, &part)));
		contended(all[0], expect_fault(DEED_A01, part = deed_inout_part(&all[0], 0, 10)));
		deed_end(&all[0], &part);
	}
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		deed_drop(&all[i]);
}

/* ---- the end -------------------------------------------------------------------------------- */

CHILD(counts)
{
	deed_f32 xs = DEED_EMPTY;

	require(deed_new(&xs, 100) == 0);
	for (size_t i = 0; i < 100; i++) {
		DEED_HOT("hundred");
		deed_u8 ys = DEED_EMPTY;

		require(deed_new(&ys, 1) == 0);
		deed_drop(&ys);
		require(deed_resize(&xs, 101 + i / 50) == 0);
	}
	deed_drop(&xs);
	{
		DEED_HOT("nothing");
	}
	exit(argument[0] ? atoi(argument) : 0);
}

Test(hot, each_region_is_counted_at_exit)
{
	const struct child_result *result = child_run("counts", "", "");

	cr_expect(result->signal == 0 && result->code == 0, "%s", result->err);
	cr_expect(strstr(result->err, "100 allocations and 2 resizes in"), "%s", result->err);
	cr_expect(!strstr(result->err, "nothing"));
	cr_expect(times_in(result->err, "help: ") == 3, "%s", result->err);
	result = child_run("counts", "7", "format=json");
	cr_expect(result->code == 7);
	cr_expect(times_in(result->err, "\"class\":\"advisory\"") == 3);
	cr_expect(times_in(result->err, "\"times\":102") == 1, "%s", result->err);
	result = child_run("counts", "", "format=sarif");
	cr_expect(times_in(result->err, "\"level\":\"note\"") == 3);
	cr_expect(times_in(result->err, "\"occurrenceCount\":102") == 1);
}

Test(hot, advice_can_be_turned_off)
{
	expect_clean_exit(child_run("counts", "", "advice=0"));
}

CHILD(forks)
{
	DEED_HOT("of both");
	deed_f32 xs = DEED_EMPTY;
	int status = 1;
	pid_t pid;

	require(deed_new(&xs, 1) == 0);
	deed_drop(&xs);
	pid = fork();
	require(pid >= 0);
	if (pid == 0) {
		for (int i = 0; i < 2; i++) {
			require(deed_new(&xs, 1) == 0);
			deed_drop(&xs);
		}
		exit(0);
	}
	require(waitpid(pid, &status, 0) == pid && status == 0);
}

Test(hot, a_child_counts_for_itself)
{
	const struct child_result *const result = child_run("forks", "", "");

	cr_expect(result->signal == 0 && result->code == 0, "%s", result->err);
	cr_expect(strstr(result->err, ": 2 allocations in"), "%s", result->err);
	cr_expect(strstr(result->err, ": 1 allocation in"), "%s", result->err);
}

CHILD(leaks_in_one)
{
	DEED_HOT("and a fault");
	static deed_f32 xs = DEED_EMPTY;

	require(deed_new(&xs, 1) == 0);
}

Test(hot, a_fault_at_exit_does_not_hide_the_count)
{
	const struct child_result *const result = child_run("leaks_in_one", "", "");

	cr_expect(result->signal == SIGABRT);
	cr_expect(strstr(result->err, ": 1 allocation in"), "%s", result->err);
	cr_expect(strstr(result->err, "E17"));
}
