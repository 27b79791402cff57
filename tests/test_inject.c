/* SPDX-License-Identifier: MIT
 *
 * tests/test_inject.c - what happens when there is no memory, at every allocation in turn.
 *
 * The program's own malloc family is defined here, in front of the C library's, and fails
 * the n-th allocation on demand. Every constructor is called with its first allocation
 * failing, then its second, until it succeeds. After each failure the error must be
 * -ENOMEM, the output as it was, nothing leaked, and the ledger must know of nothing. The
 * ledger's own pages do not come from malloc; a limit on address space, in a child, makes
 * them run out. The same malloc() is where something else happens in the middle of a verb.
 *
 * A sanitizer brings an allocator that must not be replaced: there is nothing to test then.
 */
#include "trapped.h"

#include "deed/arena.h"

#include "deed/soa.h"

#include "trap/quarantine.h"

#include <sys/resource.h>

#include "deed/allocator.h"
#include "deed/malloc.h"

TestSuite(inject, .init = trapped_begin, .fini = trapped_end, .timeout = 120,
	  .disabled = TRAPPED_SANITIZED);

/* Of the calling thread: how many allocations still succeed; -1 is all. */
static _Thread_local long succeed = -1;
/* Blocks that were allocated less those that were freed, while an allocation may fail. */
static _Thread_local long balance;
/* Called once, by the next malloc() of the calling thread. */
static _Thread_local void (*meanwhile)(void);

#if !TRAPPED_SANITIZED

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *block, size_t bytes);
extern void *__libc_memalign(size_t align, size_t bytes);
extern void __libc_free(void *block);

static bool fails(void)
{
	if (succeed < 0)
		return false;
	if (succeed == 0) {
		errno = ENOMEM;
		return true;
	}
	succeed--;
	return false;
}

static void *counted(void *block)
{
	if (succeed >= 0 && block)
		balance++;
	return block;
}

void *malloc(size_t bytes)
{
	void (*const call)(void) = meanwhile;

	meanwhile = NULL;
	if (call)
		call();
	return fails() ? NULL : counted(__libc_malloc(bytes));
}

void *calloc(size_t count, size_t bytes)
{
	return fails() ? NULL : counted(__libc_calloc(count, bytes));
}

void *realloc(void *block, size_t bytes)
{
	/* A block for a block: the balance stays, unless there was none. */
	if (fails())
		return NULL;
	return block ? __libc_realloc(block, bytes) : counted(__libc_realloc(block, bytes));
}

void *aligned_alloc(size_t align, size_t bytes)
{
	return fails() ? NULL : counted(__libc_memalign(align, bytes));
}

void *memalign(size_t align, size_t bytes);
void *memalign(size_t align, size_t bytes)
{
	return fails() ? NULL : counted(__libc_memalign(align, bytes));
}

int posix_memalign(void **ret, size_t align, size_t bytes)
{
	if (fails())
		return ENOMEM;
	*ret = counted(__libc_memalign(align, bytes));
	return *ret ? 0 : ENOMEM;
}

void free(void *block)
{
	if (succeed >= 0 && block)
		balance--;
	__libc_free(block);
}

#endif

/* ---- every constructor ---------------------------------------------------------------------- */

enum { COUNT = 100 };

static deed_f64 source, target, adopted;
static double elements[COUNT];

static int by_new(void)
{
	return deed_new(&target, COUNT);
}

static int by_new_nothing(void)
{
	return deed_new(&target, 0);
}

static int by_new_zeroed(void)
{
	return deed_new_zeroed(&target, COUNT);
}

static int by_new_aligned(void)
{
	return deed_new_aligned(&target, COUNT, 4096);
}

static int by_new2(void)
{
	return deed_new2(&target, COUNT / 4, 4);
}

static int by_from(void)
{
	return deed_from(&target, elements, COUNT);
}

static int by_clone(void)
{
	return deed_clone(&target, &source);
}

static int by_clone_of_a_view(void)
{
	DEED_BORROWED(r, &source);

	return deed_clone(&target, &r);
}

static int by_adopt(void)
{
	return deed_adopt(&target, elements, COUNT, NULL, NULL);
}

static int by_new_with(void)
{
	return deed_new_with(&target, deed_heap(), COUNT);
}

static int by_new_zeroed_with(void)
{
	return deed_new_zeroed_with(&target, deed_heap(), COUNT);
}

static struct deed_arena arena;

/* The first chunk is part of it; an arena that could not get one is empty. */
static int by_new_in(void)
{
	return deed_new_in(&target, &arena, COUNT);
}

/* A chunk, one for a large request alone, and the next. */
static int by_chunks(void)
{
	struct deed_arena chunks = DEED_ARENA_EMPTY;
	const int err = deed_arena_alloc(&chunks, COUNT) && deed_arena_alloc(&chunks, 1 << 20) &&
					deed_arena_alloc(&chunks, 60 << 10) &&
					deed_arena_alloc(&chunks, 60 << 10)
				? 0
				: -ENOMEM;

	deed_arena_close(&chunks);
	return err ? err : deed_new(&target, COUNT);
}

static const struct constructor {
	const char *name;
	int (*make)(void);
} constructors[] = {
	{ "new", by_new },
	{ "new of nothing", by_new_nothing },
	{ "new_zeroed", by_new_zeroed },
	{ "new_aligned", by_new_aligned },
	{ "new2", by_new2 },
	{ "from", by_from },
	{ "clone", by_clone },
	{ "clone of a view", by_clone_of_a_view },
	{ "adopt", by_adopt },
	{ "new_in", by_new_in },
	{ "new, and chunks", by_chunks },
	{ "new_with", by_new_with },
	{ "new_zeroed_with", by_new_zeroed_with },
};

/* Calls with its first allocation failing, then its second, ...; how many times it failed. */
static long fail_in_turn(const char *name, int (*make)(void))
{
	for (long n = 0;; n++) {
		const deed_f64 before = target;
		const size_t live = deed_stats().live_buffers;
		size_t faults;
		int err = 0;

		cr_assert(n < 100, "%s fails for ever", name);
		(void)deed_quarantine_empty(); /* what it would give up first */
		balance = 0;
		faults = fault_count({
			succeed = n;
			err = make();
			succeed = -1;
		});
		cr_expect(faults == 0, "%s, allocation %ld: %s", name, n,
			  trapped_id(trapped.report.fault));
		if (!err)
			return n;
		cr_expect(err == -ENOMEM, "%s, allocation %ld: %d", name, n, err);
		cr_expect(balance == 0, "%s, allocation %ld: %ld blocks leaked", name, n, balance);
		cr_expect(!memcmp(&before, &target, sizeof target),
			  "%s, allocation %ld: the "
			  "output changed",
			  name, n);
		cr_expect(deed_stats().live_buffers == live);
	}
}

DEED_UNCHECKED Test(inject, every_constructor_survives_every_failed_allocation)
{
	int err = deed_new(&source, COUNT);

	cr_assert(err == 0);
	for (size_t i = 0; i < ARRAY_LEN(constructors); i++) {
		const long failures = fail_in_turn(constructors[i].name, constructors[i].make);

		/* Or the interposition is not in force, and nothing was tested. */
		if (constructors[i].make != by_adopt)
			cr_expect(failures >= 1, "%s takes no memory", constructors[i].name);
		cr_expect(deed_owns(&target));
		expect_silent(deed_drop(&target));
		/* Once more into a handle that has ended. */
		(void)fail_in_turn(constructors[i].name, constructors[i].make);
		expect_silent(deed_drop(&target));
	}
	expect_silent(deed_arena_close(&arena));
	deed_drop(&source);
}

/* ---- blocks --------------------------------------------------------------------------------- */

static void *block;

static void *by_malloc(void)
{
	return deed_malloc(COUNT);
}

static void *by_calloc(void)
{
	return deed_calloc(COUNT, 3);
}

static void *by_aligned_alloc(void)
{
	return deed_aligned_alloc(256, COUNT);
}

static void *by_realloc(void)
{
	return deed_realloc(block, 2 * COUNT);
}

Test(inject, a_block_that_cannot_be_is_null_and_nothing_is_lost)
{
	static void *(*const ways[])(void) = { by_malloc, by_calloc, by_aligned_alloc, by_realloc };

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		void *volatile made = NULL;
		long n = 0;

		block = deed_malloc(10);
		cr_assert(block);
		for (; !made; n++) {
			cr_assert(n < 100);
			(void)deed_quarantine_empty();
			balance = 0;
			errno = 0;
			expect_silent({
				succeed = n;
				made = ways[i]();
				succeed = -1;
			});
			cr_expect(made || (errno == ENOMEM && balance == 0));
			cr_expect(made || deed_stats().live_buffers == 1);
		}
		cr_expect(n > 1, "way %zu takes no memory", i);
		deed_free(made);
		if (ways[i] != by_realloc)
			deed_free(block);
		cr_expect(deed_stats().live_buffers == 0);
	}
}

/* Neither for the arena, nor for its first chunk; then for both. */
Test(inject, scratch_without_memory_carves_nothing)
{
	for (long n = 0; n < 3; n++) {
		const void *carved = NULL;

		expect_silent({
			succeed = n;
			DEED_SCRATCH(tmp);
			carved = deed_arena_alloc(tmp, 100);
			succeed = -1;
		});
		cr_expect(!carved == (n < 2), "with %ld", n);
	}
}

/* Without memory for a twin, the chunk serves on; with it, close gives both back. */
Test(inject, a_reset_without_memory_is_a_reset)
{
	for (long n = 0; n < 2; n++) {
		struct deed_arena kept = DEED_ARENA_EMPTY;
		const void *first, *second = NULL;

		first = deed_arena_alloc(&kept, 100);
		balance = 0;
		expect_silent({
			succeed = n;
			deed_arena_reset(&kept);
			second = deed_arena_alloc(&kept, 100);
			deed_arena_close(&kept);
			succeed = -1;
		});
		cr_expect(second && (second == first) == (n == 0), "with %ld", n);
		cr_expect(balance == -1, "what came before, and no more: %ld", balance);
	}
}

static size_t deleted;

static void count_deletion(void *data, size_t bytes, void *context)
{
	(void)data;
	(void)bytes;
	(void)context;
	deleted++;
}

enum kind { HEAP, ALIGNED, GIVEN, FOREIGN, KINDS };

static int make_kind(enum kind kind)
{
	if (kind == HEAP)
		return deed_new(&target, COUNT);
	if (kind == ALIGNED)
		return deed_new_aligned(&target, COUNT, 4096);
	if (kind == GIVEN)
		return deed_new_with(&target, deed_heap(), COUNT);
	return deed_adopt(&target, elements, COUNT, count_deletion, NULL);
}

static size_t new_count;

static int by_resize(void)
{
	return deed_resize(&target, new_count);
}

Test(inject, a_resize_that_fails_leaves_owner_bytes_and_deleter)
{
	static const size_t counts[] = { 2 * COUNT, COUNT / 2, 0 };

	for (enum kind kind = 0; kind < KINDS; kind++)
		for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
			const void *address;
			int err = make_kind(kind);

			cr_assert(err == 0);
			{
				DEED_INOUT(v, &target);
				for (size_t k = 0; k < COUNT; k++)
					deed_at(v, k) = (double)k;
				address = deed_data(v);
			}
			deleted = 0;
			new_count = counts[i];
			for (long n = 0; n < 5; n++) {
				(void)deed_quarantine_empty();
				balance = 0;
				expect_silent({
					succeed = n;
					err = by_resize();
					succeed = -1;
				});
				if (!err)
					break;
				cr_expect(err == -ENOMEM && balance == 0);
				cr_expect(deed_len(target) == COUNT && deleted == 0);
				{
					DEED_BORROWED(r, &target);
					cr_expect(deed_data(r) == address);
					for (size_t k = 0; k < COUNT; k++)
						cr_expect(deed_at(r, k) == (double)k);
				}
			}
			cr_expect(err == 0 && deed_len(target) == counts[i]);
			cr_expect(deleted == (kind == FOREIGN));
			expect_silent(deed_drop(&target));
		}
}

#define POINT(FIELD) FIELD(float, x) FIELD(double, weight) FIELD(uint8_t, tag)
DEED_SOA(points, POINT);

static points cloud;
static const points_row rows[COUNT];

static int columns_by_new(void)
{
	return deed_soa_new(&cloud, COUNT);
}

static int columns_by_new_zeroed(void)
{
	return deed_soa_new_zeroed(&cloud, COUNT);
}

static int columns_by_from(void)
{
	return deed_soa_from(&cloud, rows, COUNT);
}

static int columns_by_resize(void)
{
	return deed_soa_resize(&cloud, 100 * COUNT);
}

static int columns_by_reserve(void)
{
	return deed_soa_reserve(&cloud, 100 * COUNT);
}

static int columns_by_push(void)
{
	return deed_soa_push(&cloud, { .x = 1 });
}

/* One call after another of which an allocation fails; the owner is as it was each time. */
static void fail_columns(const char *name, int (*make)(void))
{
	int err = -ENOMEM;

	for (long n = 0; err; n++) {
		const points before = cloud;
		const size_t live = deed_stats().live_buffers;

		cr_assert(n < 100, "%s fails for ever", name);
		balance = 0;
		expect_silent({
			succeed = n;
			err = make();
			succeed = -1;
		});
		cr_expect(n || err, "%s takes no memory", name);
		if (err) {
			/* What was in quarantine may have made room. */
			cr_expect(err == -ENOMEM && balance <= 0 &&
					  !memcmp(&before, &cloud, sizeof cloud) &&
					  deed_stats().live_buffers == live,
				  "%s, allocation %ld", name, n);
		}
	}
}

DEED_UNCHECKED Test(inject, columns_survive_every_failed_allocation)
{
	int (*const makes[])(void) = { columns_by_new, columns_by_new_zeroed, columns_by_from };
	int (*const grows[])(void) = { columns_by_resize, columns_by_reserve, columns_by_push };

	for (size_t i = 0; i < ARRAY_LEN(makes); i++) {
		fail_columns("columns made", makes[i]);
		expect_silent(deed_soa_drop(&cloud));
	}
	for (size_t i = 0; i < ARRAY_LEN(grows); i++) {
		int err = deed_soa_new(&cloud, 0);

		for (size_t k = 0; !err && k < 64; k++) /* all that there is room for */
			err = deed_soa_push(&cloud, { .weight = (double)k, .tag = 3 });
		cr_assert(!err);
		fail_columns("columns grown", grows[i]);
		cr_expect(deed_soa_get(&cloud, 63).weight == 63 &&
			  deed_soa_get(&cloud, 63).tag == 3);
		expect_silent(deed_soa_drop(&cloud));
	}
}

Test(inject, what_needs_no_memory_takes_none)
{
	deed_f64 xs = DEED_EMPTY, ys = DEED_EMPTY;
	int err = deed_new(&xs, COUNT);

	cr_assert(err == 0);
	expect_silent({
		succeed = 0;
		{
			DEED_INOUT(v, &xs);
			DEED_INOUT_PART(c, &v, 3, 9);
			DEED_LEND(l, elements, COUNT);

			deed_at(c, 0) = 1;
			(void)l;
		}
		deed_move(&ys, &xs);
		deed_swap(&ys, &xs);
		deed_drop(&xs);
		err = deed_adopt(&adopted, elements, COUNT, NULL, NULL);
		deed_drop(&adopted);
		succeed = -1;
	});
	cr_expect(err == 0);
}

DEED_UNCHECKED Test(inject, a_report_takes_no_memory_of_the_programs)
{
	deed_f64 xs = DEED_EMPTY;
	int err = deed_new(&xs, COUNT);
	enum deed_fault fault;

	cr_assert(err == 0);
	deed_drop(&xs);
	succeed = 0;
	fault = fault_of(deed_drop(&xs));
	succeed = -1;
	cr_expect(fault == DEED_E05);
	cr_expect(strstr(trapped.report.text, "E05") != NULL);
}

/* ---- the ledger's own pages ----------------------------------------------------------------- */

enum { MANY = 1 << 20 };

static deed_u8 owners[MANY];
static uint8_t bytes[MANY];
static _Alignas(16) uint8_t given[16 * (size_t)MANY];
static size_t given_count;

/* Gives from the end what it has given last: it needs no memory, and is empty when all is back. */
static void *give(size_t size, size_t align, int zeroed, void *context)
{
	(void)zeroed;
	(void)context;
	require(size <= 16 && align == 16);
	return &given[16 * given_count++];
}

static void take_back(void *taken, size_t size, size_t align, void *context)
{
	(void)taken;
	(void)size;
	(void)align;
	(void)context;
	given_count--;
}

static const struct deed_allocator giving = { give, NULL, take_back, NULL };

static int make_one(char way, size_t i)
{
	if (way == 'a')
		return deed_adopt(&owners[i], &bytes[i], 1, NULL, NULL);
	return way == 'g' ? deed_new_with(&owners[i], &giving, 1) : deed_new(&owners[i], 1);
}

static size_t address_space(void)
{
	size_t pages = 0;
	FILE *const file = fopen("/proc/self/statm", "r");

	require(file && fscanf(file, "%zu", &pages) == 1);
	fclose(file);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void limit_address_space(size_t limit)
{
	struct rlimit limits;

	require(getrlimit(RLIMIT_AS, &limits) == 0);
	limits.rlim_cur = limit;
	require(setrlimit(RLIMIT_AS, &limits) == 0);
}

/* Fills `owners` until there is no memory; how many were made. */
static size_t make_until_none(char way)
{
	for (size_t i = 0; i < MANY; i++) {
		const deed_u8 before = owners[i];
		const int err = make_one(way, i);

		if (!err)
			continue;
		require(err == -ENOMEM);
		require(!memcmp(&before, &owners[i], sizeof before));
		require(deed_stats().live_buffers == i);
		require(way != 'g' || given_count == i);
		return i;
	}
	return MANY;
}

static void *fork_and_wait(void *unused)
{
	int status = -1;
	pid_t pid;

	(void)unused;
	limit_address_space(1);
	pid = fork();
	if (!pid)
		_exit(7);
	require(pid > 0 && waitpid(pid, &status, 0) == pid);
	/* The child has a ledger, or stops; the parent goes on. */
	require((WIFEXITED(status) && WEXITSTATUS(status) == 7) || WIFSIGNALED(status));
	_exit(0);
}

/* By a thread that has not used deed, and for whose record there is no memory. */
CHILD(forks_without_pages)
{
	pthread_t thread;

	require(deed_new(&owners[0], 1) == 0);
	require(pthread_create(&thread, NULL, fork_and_wait, NULL) == 0);
	pthread_join(thread, NULL);
}

Test(inject, a_fork_needs_no_pages_of_the_ledger)
{
	const struct child_result *const result = child_run("forks_without_pages", "", "");

	cr_expect(result->signal == 0 && result->code == 0, "signal %d, code %d: %s",
		  result->signal, result->code, result->err);
}

CHILD(runs_out_of_pages)
{
	const char way = argument[0];
	struct rlimit unlimited;
	size_t made, again;

	/* So that what is made once is made before. */
	require(deed_new(&owners[0], 1) == 0);
	{
		DEED_INOUT_PART(v, &owners[0], 0, 1);
		deed_at(v, 0) = 1;
	}
	deed_drop(&owners[0]);
	require(getrlimit(RLIMIT_AS, &unlimited) == 0);
	limit_address_space(address_space() + ((size_t)1 << 20));
	made = make_until_none(way);
	require(made > 0 && made < MANY);
	/* What there is goes on working. */
	for (size_t i = 0; i < made; i += 7) {
		DEED_INOUT(v, &owners[i]);
		deed_at(v, 0) = (uint8_t)i;
	}
	for (size_t i = 0; i < made; i++)
		deed_drop(&owners[i]);
	require(deed_stats().live_buffers == 0 && deed_stats().foreign_buffers == 0);
	require(given_count == 0);
	again = make_until_none(way);
	require(again >= made / 2); /* the rows come back, if not all of them at once */
	for (size_t i = 0; i < again; i++)
		deed_drop(&owners[i]);
	limit_address_space(unlimited.rlim_cur);
	require(deed_new(&owners[0], 1000) == 0);
	deed_drop(&owners[0]);
	printf("%zu, then %zu", made, again);
}

Test(inject, when_the_ledger_has_no_pages_left_it_says_so_and_goes_on)
{
	static const char *const ways[] = { "adopt", "given", "new" };

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		const struct child_result *const result =
			child_run("runs_out_of_pages", ways[i], "history=16");

		expect_clean_exit(result);
		cr_expect(result->out[0] != '\0');
	}
}

/* ---- what others do while a buffer is copied ------------------------------------------------- */

static void lend_source(void)
{
	deed_f64_inout whole = deed_inout(&source);

	deed_end(&source, &whole);
}

static void lend_part_of_source(void)
{
	deed_f64_inout part = deed_inout_part(&source, 1, 3);

	deed_end(&source, &part);
}

static void borrow_source(void)
{
	deed_f64_borrowed whole = deed_borrow(&source);

	deed_end(&source, &whole);
}

static void drop_source(void)
{
	deed_drop(&source);
}

static int clone_while(void (*call)(void))
{
	int err;

	cr_assert(deed_new_zeroed(&source, COUNT) == 0);
	meanwhile = call;
	err = deed_clone(&target, &source);
	deed_settle(&source);
	deed_drop(&target);
	return err;
}

/* A copy takes time, and reads: nobody writes what is copied, or ends it. */
Test(inject, what_is_cloned_is_borrowed_meanwhile)
{
	int err = 0;

	expect_fault(DEED_E09, err = clone_while(lend_source));
	cr_expect(!err);
	expect_fault(DEED_E09, err = clone_while(lend_part_of_source));
	cr_expect(!err);
	expect_fault(DEED_E08, err = clone_while(drop_source));
	cr_expect(!err);
	expect_silent(err = clone_while(borrow_source));
	cr_expect(!err);
}
