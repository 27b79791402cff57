/* SPDX-License-Identifier: MIT
 *
 * tests/test_malloc.c - blocks of the malloc family are buffers of the ledger.
 */
#include "trapped.h"

#include "deed/malloc.h"

TestSuite(blocks, .init = trapped_begin, .fini = trapped_end, .timeout = 60);

/* ---- what a correct program sees ------------------------------------------------------------ */

Test(blocks, what_cannot_be_is_null_with_errno)
{
	volatile size_t most = SIZE_MAX; /* or compilers warn of it */
	void *volatile none;

	errno = 0;
	none = deed_malloc(most);
	cr_expect(!none && errno == ENOMEM);
	errno = 0;
	none = deed_malloc(most / 4 + 1);
	cr_expect(!none && errno == ENOMEM);
	errno = 0;
	none = deed_calloc(most / 2, 3);
	cr_expect(!none && errno == ENOMEM);
	for (size_t bad = 0; bad < 4; bad++) {
		static const size_t aligns[] = { 0, 3, 48, 2 * DEED_ALIGN_MAX };

		errno = 0;
		none = deed_aligned_alloc(aligns[bad], 10);
		cr_expect(!none && errno == EINVAL);
	}
	errno = 0;
	none = deed_aligned_alloc(64, most);
	cr_expect(!none && errno == ENOMEM);
}

Test(blocks, a_realloc_that_fails_leaves_the_block)
{
	char *const block = deed_malloc(10);
	void *volatile none;

	cr_assert(block);
	memset(block, 5, 10);
	errno = 0;
	none = deed_realloc(block, (size_t)1 << 60);
	cr_expect(!none && errno == ENOMEM);
	cr_expect(block[0] == 5 && block[9] == 5 && deed_stats().live_buffers == 1);
	errno = 77;
	expect_silent(deed_free(block));
	cr_expect(errno == 77);
}

Test(blocks, a_realloc_always_moves)
{
	char *block = deed_malloc(100);

	for (size_t bytes = 0; bytes < 200; bytes += 50) {
		const uintptr_t was = (uintptr_t)block;

		block = deed_realloc(block, bytes);
		cr_assert(block);
		cr_expect((uintptr_t)block != was);
		cr_expect(deed_stats().live_buffers == 1);
		cr_expect(deed_stats().live_bytes == (bytes ? bytes : 1));
	}
	deed_free(block);
}

static void *frees(void *block)
{
	deed_free(block);
	return NULL;
}

Test(blocks, another_thread_may_free)
{
	pthread_t thread;
	void *const block = deed_malloc(100);

	cr_assert(block && !pthread_create(&thread, NULL, frees, block));
	pthread_join(thread, NULL);
	cr_expect(deed_stats().live_buffers == 0);
}

/* ---- faults --------------------------------------------------------------------------------- */

Test(blocks, only_their_beginning_is_freed_or_reallocated)
{
	for (size_t offset = 1; offset < 100; offset += 49) {
		char *const block = deed_malloc(100), *const other = deed_malloc(100);
		void *volatile none;

		cr_assert(block && other);
		expect_fault(DEED_E18, deed_free(block + offset));
		cr_expect(trapped_sites(DEED_ROLE_ALLOCATED, __LINE__ - 5) == 1);
		errno = 0;
		expect_fault(DEED_E18, none = deed_realloc(other + offset, 5));
		cr_expect(!none && errno == EINVAL);
		deed_free(block);
		deed_free(other);
		cr_expect(deed_stats().live_buffers == 0);
	}
}

Test(blocks, what_deed_did_not_allocate_is_no_block)
{
	static char fixed[10];
	char *const plain = malloc(10);

	cr_assert(plain);
	expect_fault(DEED_E18, deed_free(fixed));
	expect_fault(DEED_E18, deed_free(plain));
	expect_fault(DEED_E18, deed_free_sized(plain, 10));
	free(plain);
}

DEED_UNCHECKED Test(blocks, buffers_of_owners_are_no_blocks)
{
	static uint8_t fixed[10];
	deed_u8 heap = DEED_EMPTY, foreign = DEED_EMPTY, constant = DEED_EMPTY;
	deed_u8 *const owners[] = { &heap, &foreign, &constant };
	int err = deed_new(&heap, 10) || deed_adopt(&foreign, fixed, 5, NULL, NULL) ||
		  deed_static(&constant, fixed + 5, 5);

	cr_assert(err == 0);
	for (size_t i = 0; i < ARRAY_LEN(owners); i++) {
		DEED_BORROWED(r, owners[i]);

		expect_fault(DEED_E18, deed_free((void *)(uintptr_t)deed_data(r)));
		cr_expect(trapped.report.buffer != 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(owners); i++)
		deed_settle(owners[i]);
}

DEED_UNCHECKED Test(blocks, sizes_must_be_the_true_ones)
{
	static const size_t sizes[] = { 0, 9, 11, 16 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		void *const block = deed_malloc(10);

		cr_assert(block);
		expect_fault(DEED_E18, deed_free_sized(block, sizes[i]));
		cr_expect(deed_stats().live_buffers == 1);
		expect_silent(deed_free_sized(block, 10));
	}
	{
		void *const block = deed_aligned_alloc(64, 10);

		cr_assert(block);
		expect_fault(DEED_E18, deed_free_sized(block, 10));
		deed_free(block);
	}
}

Test(blocks, what_is_lent_lives_on)
{
	int *const block = deed_calloc(10, sizeof *block), *const other = deed_malloc(40);
	void *volatile none;

	cr_assert(block && other);
	{
		DEED_LEND(v, block + 2, 3);

		deed_at(v, 0) = 9;
		expect_fault(DEED_E08, deed_free(block));
		cr_expect(trapped_sites(DEED_ROLE_LENT_INOUT, 0) == 1);
	}
	cr_expect(block[2] == 9);
	{
		DEED_LEND_CONST(r, other, 10);

		(void)r;
		errno = 0;
		expect_fault(DEED_E07, none = deed_realloc(other, 80));
		cr_expect(!none && errno == EINVAL);
	}
	cr_expect(deed_stats().live_buffers == 2);
	deed_free(block);
	deed_free(other);
}

/* A loan that goes over the end of a block is a loan of each buffer that it meets. */
Test(blocks, lends_of_one_block_conflict_by_address)
{
	int *const block = deed_malloc(10 * sizeof *block);

	cr_assert(block);
	{
		DEED_LEND(v, block, 5);

		(void)v;
		expect_silent({
			DEED_LEND(w, block + 5, 5);
			(void)w;
		});
		expect_fault(DEED_E09, {
			DEED_LEND(w, block + 4, 2);
			(void)w;
		});
	}
	deed_free(block);
}

struct contest {
	pthread_barrier_t barrier;
	void *block;
	atomic_uint faults, others;
};

static void *frees_too(void *context)
{
	struct contest *const contest = context;

	for (int i = 0; i < 200; i++) {
		size_t faults;

		pthread_barrier_wait(&contest->barrier);
		faults = fault_count(deed_free(contest->block));
		if (faults && (trapped.report.fault != DEED_E05 ||
			       !strstr(trapped.report.message, "but it was freed")))
			atomic_fetch_add(&contest->others, 1);
		atomic_fetch_add(&contest->faults, (unsigned)faults);
		pthread_barrier_wait(&contest->barrier);
	}
	return NULL;
}

/* One of the two is first, whoever it is. */
Test(blocks, two_threads_that_free_one_block_at_once_are_told)
{
	struct contest contest = { .block = NULL };
	pthread_t threads[2];

	pthread_barrier_init(&contest.barrier, NULL, 3);
	for (int i = 0; i < 2; i++)
		cr_assert(!pthread_create(&threads[i], NULL, frees_too, &contest));
	for (int i = 0; i < 200; i++) {
		contest.block = deed_malloc(100);
		cr_assert(contest.block);
		pthread_barrier_wait(&contest.barrier);
		pthread_barrier_wait(&contest.barrier);
	}
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	cr_expect(atomic_load(&contest.faults) == 200, "%u", atomic_load(&contest.faults));
	cr_expect(atomic_load(&contest.others) == 0, "%u", atomic_load(&contest.others));
}

CHILD(leaks_a_block)
{
	void *const block = (deed_malloc)(100); /* by the function */

	require(block);
}

Test(blocks, a_block_that_nobody_freed_is_a_leak)
{
	const struct child_result *const result = child_run("leaks_a_block", "", "");

	cr_expect(result->signal == SIGABRT);
	cr_expect(times_in(result->err, "E17") == 2);
	cr_expect(strstr(result->err, "100 bytes"));
	/* The stack says who called the function. */
	cr_expect(strstr(result->err, "child_leaks_a_block"), "%s", result->err);
}
