/* SPDX-License-Identifier: MIT
 *
 * tests/test_async.c - owners in the background, in trap builds.
 */
#include "trapped.h"

#include "async_laws.h"
#include "deed/arena.h"

TestSuite(async, .init = trapped_begin, .fini = trapped_end, .timeout = 300);

#define LAW(name)                                                                                  \
	Test(async, name)                                                                          \
	{                                                                                          \
		name();                                                                            \
	}
ASYNC_LAWS(LAW)

static int nothing(void *owner, void *context)
{
	(void)owner, (void)context;
	return 0;
}

static int await_and_be_told(struct deed_async *copy, deed_u32 *owner)
{
	int err = 0;

	expect_fault(DEED_E18, err = deed_await(copy, owner));
	cr_expect_not_null(strstr(trapped.report.message, "`copy` is awaited"), "%s",
			   trapped.report.message);
	return err;
}

static void await_copies_on(struct deed_pool *pool)
{
	await_copies(pool, await_and_be_told);
}

DEED_UNCHECKED Test(async, a_copy_is_not_awaited)
{
	on_every_pool(await_copies_on);
}

static int grows_it(void *owner, void *context)
{
	(void)context;
	return deed_resize((deed_u32 *)owner, 100);
}

static int drops_it(void *owner, void *context)
{
	(void)context;
	deed_drop((deed_u32 *)owner);
	return 0;
}

static void await_copy(deed_async_fn fn, bool is_over, bool is_bits)
{
	struct deed_async begun = DEED_ASYNC_EMPTY, copy;
	deed_u32 xs = numbers(10), none = DEED_EMPTY;
	int err = deed_async(NULL, &begun, fn, &xs, NULL);

	cr_assert(err == 0);
	copy = begun;
	if (is_bits)
		memset(&copy.owned, 0xa5, sizeof copy.owned);
	if (is_over)
		err = deed_await(&begun, &xs);
	cr_assert(err == 0);
	expect_fault(DEED_E18, err = deed_await(&copy, &none));
	cr_expect(err == -EINVAL && !deed_owns(&none));
	if (!is_over)
		err = deed_await(&begun, &xs);
	cr_assert(err == -EINVAL || err == 0);
	deed_settle(&xs);
}

/* Where the original was begun, whatever has become of it since; of bits that are none, nothing. */
DEED_UNCHECKED Test(async, a_copy_is_told_of_where_its_original_was_begun)
{
	static const deed_async_fn fns[] = { nothing, grows_it, drops_it };

	for (size_t i = 0; i < ARRAY_LEN(fns); i++)
		for (int is_over = 0; is_over < 2; is_over++) {
			await_copy(fns[i], is_over, false);
			cr_expect(trapped_sites(DEED_ROLE_MOVED, 0) == 1, "%zu, %d: %s", i, is_over,
				  trapped.report.text);
			/* If it was moved on, it has another name. */
			cr_expect(!strstr(trapped.report.message, "a copy of `begun`, which") ==
					  (is_over && fns[i] != drops_it),
				  "%zu, %d: %s", i, is_over, trapped.report.message);
		}
	await_copy(nothing, false, true);
	cr_expect(trapped.report.site_count == 1, "%s", trapped.report.text);
}

/* A copy of the handle that each resize has ended, and its line. */
static struct {
	deed_u32 was[8];
	unsigned line[8];
} grown;

static deed_u32 *note(deed_u32 *owner, size_t i, unsigned line)
{
	grown.was[i] = *owner;
	grown.line[i] = line;
	return owner;
}

#define GROW(i) deed_resize(note(owner, (i), __LINE__), 20 + (i))

static int grows_at_many_places(void *xs, void *context)
{
	deed_u32 *const owner = xs;

	(void)context;
	if (GROW(0) || GROW(1) || GROW(2) || GROW(3))
		return -1;
	if (GROW(4))
		return -1;
	if (GROW(5))
		return -1;
	if (GROW(6))
		return -1;
	return GROW(7);
}

static void begin_and_grow(struct deed_pool *pool, struct deed_async *begun, deed_u32 *xs)
{
	int err;

	*xs = numbers(10);
	err = deed_async(pool, begun, grows_at_many_places, xs, NULL);
	cr_assert(err == 0);
	while (!deed_async_is_done(begun))
		sched_yield();
}

/* Of what has happened to it since, the oldest is forgotten first. */
DEED_UNCHECKED Test(async, the_handing_over_is_remembered_until_the_owner_is_back)
{
	struct deed_async begun = DEED_ASYNC_EMPTY, copy;
	struct deed_pool *pool = NULL;
	deed_u32 xs = DEED_EMPTY, full = DEED_EMPTY;
	enum deed_fault fault;
	int err = deed_pool_new(&pool, 2);

	cr_assert(err == 0);
	begin_and_grow(pool, &begun, &xs);
	expect_fault(DEED_E03, (void)deed_inout(&xs));
	cr_expect_not_null(strstr(trapped.report.message, "moved to `begun`"), "%s",
			   trapped.report.message);
	copy = begun;
	expect_fault(DEED_E18, err = deed_await(&copy, &full));
	cr_expect_not_null(strstr(trapped.report.message, "a copy of `begun`"), "%s",
			   trapped.report.message);
	err = deed_await(&begun, &xs);
	cr_assert(err == 0);
	deed_drop(&xs);
	for (size_t i = 0; i < ARRAY_LEN(grown.was); i++) {
		begin_and_grow(pool, &begun, &xs);
		/* What has ended it, if that is known. */
		fault = fault_of((void)deed_inout(&grown.was[i]));
		cr_expect(fault == DEED_E04 || (fault == DEED_E03 && i < 5), "%zu", i);
		cr_expect(trapped_sites(DEED_ROLE_RESIZED, grown.line[i]) == (i >= 5), "%zu: %s", i,
			  trapped.report.text);
		cr_expect(!strstr(trapped.report.text, "forgotten (history") == (i >= 5), "%zu: %s",
			  i, trapped.report.text);
		err = deed_await(&begun, &xs);
		cr_assert(err == 0);
		deed_drop(&xs);
	}
	cr_assert(deed_pool_free(&pool) == 0);
}

DEED_UNCHECKED Test(async, what_is_handed_over_is_moved)
{
	struct deed_async packing = DEED_ASYNC_EMPTY;
	deed_u32 xs = numbers(10);
	int err = deed_async(NULL, &packing, nothing, &xs, NULL);

	cr_assert(err == 0);
	expect_fault(DEED_E03, (void)deed_inout(&xs));
	cr_expect(trapped_sites(DEED_ROLE_MOVED, 0) == 1);
	cr_expect_not_null(strstr(trapped.report.message, "moved to `packing`"), "%s",
			   trapped.report.message);
	err = deed_await(&packing, &xs);
	cr_expect(err == 0);
	deed_drop(&xs);
}

DEED_UNCHECKED Test(async, what_cannot_be_moved_is_not_handed_over)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_u32 xs = numbers(10), none = DEED_EMPTY;
	deed_u32_borrowed r = deed_borrow(&xs);
	int err = 0;

	expect_fault(DEED_E06, err = deed_async(NULL, &async, nothing, &xs, NULL));
	cr_expect(err == -EPERM && deed_owns(&xs));
	deed_end(&xs, &r);
	expect_fault(DEED_E01, err = deed_async(NULL, &async, nothing, &none, NULL));
	cr_expect(err == -EPERM);
	err = deed_await(&async, &none);
	cr_expect(err == -EINVAL);
	err = deed_async(NULL, &async, nothing, &xs, NULL);
	cr_assert(err == 0);
	err = deed_await(&async, &xs);
	cr_expect(err == 0);
	deed_drop(&xs);
}

DEED_UNCHECKED Test(async, it_comes_back_to_who_can_own_it)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_u32 xs = numbers(10), ys = DEED_EMPTY;
	deed_f64 other = DEED_EMPTY;
	int err = deed_async(NULL, &async, nothing, &xs, NULL);

	cr_assert(err == 0);
	err = deed_new(&ys, 20); /* that it is its home makes it a live owner */
	cr_assert(err == 0);
	expect_fault(DEED_E02, err = deed_await(&async, &ys));
	cr_expect(err == -EPERM && deed_len(ys) == 20);
	err = deed_await(&async, &xs);
	cr_expect(err == 0 && deed_len(xs) == 10);
	deed_drop(&ys);
	ys = numbers(30);
	err = deed_async(NULL, &async, nothing, &ys, NULL);
	cr_assert(err == 0);
	expect_fault(DEED_E22, err = deed_await(&async, &other));
	cr_expect(err == -EPERM && !deed_owns(&other));
	err = deed_await(&async, &ys);
	cr_expect(err == 0 && deed_len(ys) == 30);
	deed_drop(&xs);
	deed_drop(&ys);
}

/* ---- columns -------------------------------------------------------------------------------- */

DEED_UNCHECKED Test(async, columns_that_are_handed_over_are_moved)
{
	struct deed_async packing = DEED_ASYNC_EMPTY;
	particles ps = rows(10);
	int err = deed_async(NULL, &packing, nothing, &ps, NULL);

	cr_assert(err == 0);
	expect_fault(DEED_E03, (void)deed_soa_inout(&ps, weight));
	cr_expect(trapped_sites(DEED_ROLE_MOVED, 0) == 1);
	cr_expect_not_null(strstr(trapped.report.message, "moved to `packing`"), "%s",
			   trapped.report.message);
	err = deed_await(&packing, &ps);
	cr_expect(err == 0 && has_rows(&ps, 10));
	deed_soa_drop(&ps);
}

DEED_UNCHECKED Test(async, columns_that_are_lent_are_not_handed_over)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	particles ps = rows(10), none = DEED_EMPTY;
	deed_f64_borrowed r = deed_soa_borrow(&ps, weight);
	int err = 0;

	expect_fault(DEED_E06, err = deed_async(NULL, &async, nothing, &ps, NULL));
	cr_expect(err == -EPERM && has_rows(&ps, 10));
	deed_soa_end(&ps, &r);
	expect_fault(DEED_E01, err = deed_async(NULL, &async, nothing, &none, NULL));
	cr_expect(err == -EPERM);
	err = deed_await(&async, &none);
	cr_expect(err == -EINVAL && has_rows(&ps, 10));
	deed_soa_drop(&ps);
}

#define PAIR(FIELD) FIELD(uint32_t, a) FIELD(float, b)
DEED_SOA(pairs, PAIR);
#define SINGLE(FIELD) FIELD(uint32_t, only)
DEED_SOA(singles, SINGLE);

DEED_UNCHECKED Test(async, columns_come_back_to_who_can_own_them)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	particles ps = rows(10), others = DEED_EMPTY;
	pairs two = DEED_EMPTY;
	int err = deed_async(NULL, &async, nothing, &ps, NULL);

	cr_assert(err == 0);
	err = deed_soa_new(&others, 20); /* that it is its home makes it a live owner */
	cr_assert(err == 0);
	expect_fault(DEED_E02, err = deed_await(&async, &others));
	cr_expect(err == -EPERM && deed_soa_len(others) == 20);
	expect_fault(DEED_E22, err = deed_await(&async, &two));
	cr_expect(err == -EPERM && !deed_soa_owns(&two) && deed_soa_len(two) == 0);
	err = deed_await(&async, &ps);
	cr_expect(err == 0 && has_rows(&ps, 10));
	deed_soa_drop(&ps);
	deed_soa_drop(&others);
}

/* The elements are of as many bytes as the rows. */
DEED_UNCHECKED Test(async, columns_do_not_come_back_as_elements_nor_these_as_columns)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	singles ones = DEED_EMPTY;
	deed_u32 xs = DEED_EMPTY;
	int err = deed_soa_new_zeroed(&ones, 10);

	cr_assert(err == 0);
	err = deed_async(NULL, &async, nothing, &ones, NULL);
	cr_assert(err == 0);
	expect_fault(DEED_E22, err = deed_await(&async, &xs));
	cr_expect(err == -EPERM && !deed_owns(&xs));
	cr_expect_str_eq(trapped.report.message,
			 "`xs` is an owner of elements, but what is moved there is one of columns");
	err = deed_await(&async, &ones);
	cr_expect(err == 0 && deed_soa_len(ones) == 10);
	deed_soa_drop(&ones);
	xs = numbers(10);
	err = deed_async(NULL, &async, nothing, &xs, NULL);
	cr_assert(err == 0);
	expect_fault(DEED_E22, err = deed_await(&async, &ones));
	cr_expect(err == -EPERM && !deed_soa_owns(&ones));
	err = deed_await(&async, &xs);
	cr_expect(err == 0 && deed_len(xs) == 10);
	deed_drop(&xs);
}

/* ---- it is a task --------------------------------------------------------------------------- */

static int write_smuggled(void *owner, void *context)
{
	const deed_u32_inout *const view = context;

	(void)owner;
	deed_at(*view, 0) = 1;
	return 0;
}

static int read_smuggled(void *owner, void *context)
{
	const deed_u32_borrowed *const view = context;

	(void)owner;
	return (int)deed_at(*view, 0);
}

static int read_smuggled_inout(void *owner, void *context)
{
	const deed_u32_inout *const view = context;

	(void)owner;
	return (int)deed_at(deed_reading(*view), 0);
}

static int lend_and_leave(void *owner, void *context)
{
	*(deed_u32_inout *)context = deed_inout((deed_u32 *)owner);
	return 0;
}

/* What came out of it, and the fault, of fn(xs, context) in the background; on this thread, so that
 * the fault is this thread's. */
static enum deed_fault fault_behind(deed_async_fn fn, void *context, int *ret)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_u32 xs = numbers(10);
	enum deed_fault fault;
	int err = deed_async(NULL, &async, fn, &xs, context);

	cr_assert(err == 0);
	fault = fault_of(*ret = deed_await(&async, &xs));
	deed_settle(&xs);
	return fault;
}

Test(async, the_background_may_only_read_what_is_borrowed)
{
	deed_u32 xs = numbers(10), ys = numbers(10);
	enum deed_fault fault;
	int got = 1;

	{
		DEED_INOUT(v, &xs);
		deed_u32_inout smuggled = v;

		fault = fault_behind(write_smuggled, &smuggled, &got);
		cr_expect(fault == DEED_E20, "%s", trapped_id(fault));
	}
	{
		DEED_INOUT(v, &ys);
		deed_u32_inout smuggled = v;

		fault = fault_behind(read_smuggled_inout, &smuggled, &got);
		cr_expect(fault == DEED_E20, "%s", trapped_id(fault));
	}
	{
		DEED_BORROWED(r, &ys);
		deed_u32_borrowed read = r;

		fault = fault_behind(read_smuggled, &read, &got);
		cr_expect(fault == DEED_NO_FAULT && got == 0, "%s", trapped_id(fault));
	}
	deed_drop(&xs);
	deed_drop(&ys);
}

static int read_own(void *owner, void *context)
{
	deed_u32 *const xs = owner;
	DEED_INOUT(v, xs);
	const deed_u32_borrowed r = deed_reading(v);
	uint32_t sum = 0;

	deed_at(v, 3) = 7;
	for (size_t i = 0; i < deed_len(r); i++)
		sum += deed_at(r, i);
	if (context) {
		DEED_INOUT_PART(child, &v, 2, 4);

		sum += deed_at(r, 1) + deed_at(r, *(size_t *)context) + *deed_data(child);
	}
	return (int)sum;
}

Test(async, the_background_may_read_what_it_may_write)
{
	size_t apart = 9, lent = 3, outside = 10;
	int got = 0;
	enum deed_fault fault = fault_behind(read_own, NULL, &got);

	cr_expect(fault == DEED_NO_FAULT && got == 7, "%s, %d", trapped_id(fault), got);
	fault = fault_behind(read_own, &apart, &got);
	cr_expect(fault == DEED_NO_FAULT && got == 7, "%s, %d", trapped_id(fault), got);
	fault = fault_behind(read_own, &lent, &got);
	cr_expect(fault == DEED_E13, "%s", trapped_id(fault));
	fault = fault_behind(read_own, &outside, &got);
	cr_expect(fault == DEED_E15, "%s", trapped_id(fault));
}

DEED_UNCHECKED Test(async, what_the_background_lends_it_ends)
{
	deed_u32_inout left;
	int got = 1;
	const enum deed_fault fault = fault_behind(lend_and_leave, &left, &got);

	cr_expect(fault == DEED_E14, "%s", trapped_id(fault));
	cr_expect(got == 0);
}

/* Its loans are no other's, and other tasks' are not its. */
Test(async, it_may_do_with_its_own_what_it_likes)
{
	struct deed_pool *pool = NULL;

	cr_assert(deed_pool_new(&pool, 3) == 0);
	expect_silent(many_on(pool); parts_on(pool); deep_on(pool));
	cr_assert(deed_pool_free(&pool) == 0);
}

/* ---- what is told of it --------------------------------------------------------------------- */

DEED_UNCHECKED Test(async, the_report_of_a_use_meanwhile_says_how_to_have_it_back)
{
	struct deed_async first = DEED_ASYNC_EMPTY, *const second = &first;
	deed_u32 xs = numbers(10), ys = DEED_EMPTY;
	int err = deed_async(NULL, &first, nothing, &xs, NULL);

	cr_assert(err == 0);
	expect_fault(DEED_E03, deed_drop(&xs));
	cr_expect(strstr(trapped.report.text, "help: `deed_await(&first, &xs)`"), "%s",
		  trapped.report.text);
	err = deed_await(second, &ys);
	cr_assert(err == 0);
	deed_drop(&ys);

	/* Who has it now is told where it is nobody's in the background any more. */
	xs = numbers(10);
	err = deed_async(NULL, second, nothing, &xs, NULL);
	cr_assert(err == 0);
	err = deed_await(&first, &ys);
	cr_assert(err == 0);
	expect_fault(DEED_E03, deed_drop(&xs));
	cr_expect(!strstr(trapped.report.text, "deed_await("), "%s", trapped.report.text);
	deed_drop(&ys);
}

/* ---- what nobody awaits --------------------------------------------------------------------- */

CHILD(forgets)
{
	struct deed_async forgotten = DEED_ASYNC_EMPTY;
	deed_u32 xs = numbers(10);
	int err = deed_async(NULL, &forgotten, nothing, &xs, NULL);

	require(err == 0);
}

/* Not inlined, so that their frames lie one over the other. */
__attribute__((noinline)) static void post_and_go(struct deed_pool *pool)
{
	struct deed_async gone[4] = { DEED_ASYNC_EMPTY };

	for (size_t i = 0; i < ARRAY_LEN(gone); i++) {
		deed_u32 xs = numbers(10);
		int err = deed_async(pool, &gone[i], nothing, &xs, NULL);

		require(err == 0);
	}
}

__attribute__((noinline)) static void write_over_it(void)
{
	volatile unsigned char bytes[4096];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = 0x11;
}

CHILD(forgets_columns)
{
	struct deed_async forgotten = DEED_ASYNC_EMPTY;
	particles ps = DEED_EMPTY;
	int err = deed_soa_new(&ps, 10);

	require(err == 0);
	err = deed_async(NULL, &forgotten, nothing, &ps, NULL);
	require(err == 0);
}

static pthread_barrier_t is_called;

static int run_for_ever(void *owner, void *context)
{
	(void)owner;
	(void)context;
	pthread_barrier_wait(&is_called);
	for (;;)
		pause();
	return 0;
}

/* Ends while the function runs; `argument`: where the struct lies, or a function that is over. */
CHILD(forgets_what_runs)
{
	static struct deed_async kept;
	struct deed_async here = DEED_ASYNC_EMPTY;
	struct deed_async *const async = argument[0] == 'h' ? &here : &kept;
	struct deed_pool *pool = NULL;
	deed_u32 xs = numbers(10);
	int err = deed_pool_new(&pool, 2);

	require(err == 0 && pthread_barrier_init(&is_called, NULL, 2) == 0);
	err = deed_async(pool, async, argument[0] == 'o' ? nothing : run_for_ever, &xs, NULL);
	require(err == 0);
	if (argument[0] != 'o')
		pthread_barrier_wait(&is_called);
	while (argument[0] == 'o' && !deed_async_is_done(async))
		sched_yield();
}

static void *begin_and_stay(void *context)
{
	static struct deed_async kept;
	deed_u32 xs = numbers(10);
	int err = deed_async(context, &kept, run_for_ever, &xs, NULL);

	require(err == 0);
	for (;;)
		pause();
	return NULL;
}

CHILD(ends_while_another_may_await)
{
	struct deed_pool *pool = NULL;
	pthread_t thread;

	require(deed_pool_new(&pool, 2) == 0 && pthread_barrier_init(&is_called, NULL, 2) == 0);
	require(pthread_create(&thread, NULL, begin_and_stay, pool) == 0);
	pthread_barrier_wait(&is_called);
}

CHILD(leaves_the_scope)
{
	struct deed_pool *pool = NULL;

	require(deed_pool_new(&pool, 1) == 0);
	post_and_go(pool);
	write_over_it();
	post_and_go(pool);
}

Test(async, what_left_its_scope_under_way_is_told_by_its_name)
{
	const struct child_result *const result = child_run("leaves_the_scope", "", "");

	cr_expect(result->signal == SIGABRT);
	cr_expect(times_in(result->err, "E18 ") &&
			  times_in(result->err, "`gone[i]` was under way by deed_async()"),
		  "%s", result->err);
}

CHILD(loses_the_second)
{
	static struct deed_async first, second;
	struct deed_pool *pool = NULL;
	deed_u32 xs = DEED_EMPTY, ys = DEED_EMPTY;

	require(deed_pool_new(&pool, 1) == 0);
	require(deed_new(&xs, 10) == 0 && deed_new(&ys, 10) == 0);
	require(deed_async(pool, &first, nothing, &xs, NULL) == 0);
	require(deed_async(pool, &second, nothing, &ys, NULL) == 0);
	memset(&second, 0, sizeof second);
	require(deed_await(&first, &xs) == 0);
}

/* Whoever comes upon it, its neighbour in the queue too. */
Test(async, what_was_written_over_is_told_and_not_its_neighbour)
{
	const struct child_result *const result = child_run("loses_the_second", "", "");

	cr_expect(result->signal == SIGABRT);
	cr_expect(times_in(result->err, "`second` was under way by deed_async()"), "%s",
		  result->err);
}

/* There is no way on: what the queue leads to next is anybody's guess. */
Test(async, what_left_its_scope_under_way_stops_the_program_whatever_faults_do)
{
	const struct child_result *const result =
		child_run("leaves_the_scope", "", "on_fault=continue");

	cr_expect(result->signal == SIGABRT);
	cr_expect(times_in(result->err, "E18 ") &&
			  times_in(result->err, "deed_await() before it leaves its scope"),
		  "%s", result->err);
}

static int looks_at_nothing(void *owner, void *context)
{
	(void)owner;
	(void)context;
	return 0;
}

DEED_UNCHECKED Test(async, what_has_ended_with_its_arena_does_not_come_back)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_f32 xs = DEED_EMPTY;
	int err = 0;

	cr_assert(deed_new_in(&xs, &arena, 4) == 0);
	cr_assert(deed_async(NULL, &async, looks_at_nothing, &xs, NULL) == 0);
	deed_arena_reset(&arena);
	expect_fault(DEED_E21, err = deed_await(&async, &xs));
	cr_expect(err == -EPERM && !deed_owns(&xs));
	/* It is settled. */
	cr_expect(deed_await(&async, &xs) == -EINVAL);
	cr_assert(deed_new(&xs, 4) == 0);
	cr_assert(deed_async(NULL, &async, looks_at_nothing, &xs, NULL) == 0);
	cr_assert(deed_await(&async, &xs) == 0);
	deed_drop(&xs);
	deed_arena_close(&arena);
}

Test(async, what_nobody_awaits_is_a_leak)
{
	const struct child_result *result = child_run("forgets", "", "");

	cr_expect(result->signal == SIGABRT);
	cr_expect(times_in(result->err, "deed: E17 leak: `forgotten` still owns 40 bytes at exit"),
		  "%s", result->err);
	cr_expect(times_in(result->err, "`deed_await(&forgotten, &xs)`"), "%s", result->err);
	result = child_run("forgets_columns", "", "");
	cr_expect(result->signal == SIGABRT);
	cr_expect(times_in(result->err, "deed: E17 leak: `forgotten` still owns"), "%s",
		  result->err);
}

Test(async, what_nobody_awaits_is_a_leak_wherever_it_lies_and_while_it_runs)
{
	static const char *const how[] = { "here", "kept", "over" };

	for (size_t i = 0; i < ARRAY_LEN(how); i++) {
		const struct child_result *const result =
			child_run("forgets_what_runs", how[i], "");

		cr_expect(result->signal == SIGABRT, "%s", how[i]);
		cr_expect(times_in(result->err, "deed: E17 leak: `") == 1, "%s: %s", how[i],
			  result->err);
	}
}

Test(async, what_another_thread_may_await_is_in_flight)
{
	const struct child_result *const result = child_run("ends_while_another_may_await", "", "");

	cr_expect(result->signal == 0 && result->code == 0, "%s", result->err);
}
