/* SPDX-License-Identifier: MIT
 *
 * tests/test_allocator.c - owners in memory of an allocator keep the rules of all owners, and
 * an allocator that breaks its own is told so.
 */
#include "trapped.h"

#include "failing.h"

TestSuite(allocator, .init = trapped_begin, .fini = trapped_end, .timeout = 60);

Test(allocator, every_call_may_fail)
{
	failing_is_survived(true);
	failing_is_survived(false);
}

Test(allocator, pages_may_run_out, .disabled = TRAPPED_SANITIZED)
{
	pages_run_out(deed_pages());
	pages_run_out(deed_huge_pages());
}

Test(allocator, blocks_of_pages_are_aligned_zeroed_and_resized)
{
	pages_are_pages(deed_pages());
	pages_are_pages(deed_huge_pages());
}

DEED_UNCHECKED Test(allocator, its_owners_break_the_rules_of_owners)
{
	struct failing failing = { .succeed = -1 };
	const struct deed_allocator allocator = { failing_alloc, failing_resize, failing_free,
						  &failing };
	deed_u32 a = DEED_EMPTY, b = DEED_EMPTY;
	deed_u32 copy;
	int err = deed_new_with(&a, &allocator, 100);

	cr_assert(err == 0);
	expect_fault(DEED_E02, err = deed_new_with(&a, &allocator, 5));
	cr_expect(err == -EPERM && failing.blocks == 1);
	deed_drop(&a);
	err = deed_new_with(&a, &allocator, 100);
	cr_assert(err == 0);
	{
		DEED_BORROWED(r, &a);
		(void)r;
		err = deed_new_with(&b, &allocator, 3);
		cr_expect(err == 0);
		expect_fault(DEED_E08, deed_drop(&a));
		cr_expect(failing.blocks == 2);
		deed_drop(&b);
	}
	err = deed_new_with(&b, &allocator, 100);
	cr_assert(err == 0);
	{
		DEED_INOUT(v, &b);
		(void)v;
		expect_fault(DEED_E07, err = deed_resize(&b, 200));
		cr_expect(err == -EPERM && failing.blocks == 2);
	}
	deed_drop(&b);
	err = deed_new_with(&b, &allocator, 100);
	cr_assert(err == 0);
	memcpy(&copy, &b, sizeof b);
	err = deed_resize(&b, 200); /* which relocates, always */
	cr_expect(err == 0);
	expect_fault(DEED_E04, deed_len(copy));
	deed_drop(&b);
	err = deed_new_with(&b, deed_pages(), 100);
	cr_assert(err == 0);
	deed_drop(&b);
	expect_fault(DEED_E05, deed_drop(&b));
	deed_drop(&a);
	cr_expect(failing.blocks == 0 && failing.bytes == 0);
}

/* ---- an allocator that gives what it gave --------------------------------------------------- */

static _Alignas(64) unsigned char block[4096];
static size_t frees;

static void *same_alloc(size_t bytes, size_t align, int zeroed, void *context)
{
	(void)align;
	(void)context;
	if (zeroed)
		memset(block, 0, bytes);
	return bytes <= sizeof block ? block : NULL;
}

static void same_free(void *freed, size_t bytes, size_t align, void *context)
{
	(void)bytes;
	(void)align;
	(void)context;
	cr_expect(freed == block);
	frees++;
}

static const struct deed_allocator same = { same_alloc, NULL, same_free, NULL };

DEED_UNCHECKED Test(allocator, a_block_that_is_given_twice_is_found)
{
	deed_u32 a = DEED_EMPTY, b = DEED_EMPTY;
	int err = deed_new_with(&a, &same, 10);

	cr_assert(err == 0);
	expect_fault(DEED_E18, err = deed_new_with(&b, &same, 10));
	cr_expect(err == -EPERM && !deed_owns(&b) && frees == 0);
	cr_expect(strstr(trapped.report.message, "second time"));
	cr_expect(trapped_sites(DEED_ROLE_ALLOCATED, 0) == 1);
	deed_drop(&a);
	cr_expect(frees == 1);
	expect_silent(err = deed_new_with(&b, &same, 10));
	cr_expect(err == 0);
	deed_drop(&b);
}

/* An arena over a buffer that deed owns begins where that buffer does. */
DEED_UNCHECKED Test(allocator, an_allocator_may_lie_in_a_buffer)
{
	deed_u8 around = DEED_EMPTY;
	deed_u32 a = DEED_EMPTY;
	int err = deed_adopt(&around, block, sizeof block, NULL, NULL);

	cr_assert(err == 0);
	expect_fault(DEED_E18, err = deed_new_with(&a, &same, 10));
	deed_drop(&around);
	err = deed_static(&around, block, sizeof block);
	cr_assert(err == 0);
	expect_silent(err = deed_new_with(&a, &same, 10));
	cr_expect(err == 0);
	deed_drop(&a);
	deed_settle(&around);
}

/* It may give memory that a function has lent by address: then the lend goes on as a loan of it. */
DEED_UNCHECKED Test(allocator, memory_that_is_lent_already_is_lent)
{
	deed_u32 a = DEED_EMPTY;
	int err = 0;

	{
		DEED_LEND(v, block, 40);
		(void)v;
		expect_silent(err = deed_new_with(&a, &same, 10));
		cr_assert(err == 0);
		expect_fault(DEED_E08, deed_drop(&a));
	}
	deed_drop(&a);
}
