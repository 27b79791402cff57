/* SPDX-License-Identifier: MIT
 *
 * tests/test_allocator.c - owners in memory of an allocator keep the rules of all owners, and
 * an allocator that breaks its own is told so.
 */
#include "trapped.h"

#include "deed/arena.h"
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

/* ---- an allocator whose blocks are not what was asked for ----------------------------------- */

/* Gives `block + next`, whatever it is asked for. */
static size_t next;

static void *next_alloc(size_t bytes, size_t align, int zeroed, void *context)
{
	(void)align;
	(void)zeroed;
	(void)context;
	return bytes <= sizeof block - next ? block + next : NULL;
}

static void next_free(void *freed, size_t bytes, size_t align, void *context)
{
	(void)freed;
	(void)bytes;
	(void)align;
	(void)context;
	frees++;
}

static const struct deed_allocator as_told = { next_alloc, NULL, next_free, NULL };

DEED_UNCHECKED Test(allocator, a_block_that_is_not_aligned_is_found)
{
	deed_u32 a = DEED_EMPTY;
	int err;

	next = 8;
	memset(block, 7, sizeof block);
	expect_fault(DEED_E18, err = deed_new_with(&a, &as_told, 10));
	cr_expect(err == -EPERM && !deed_owns(&a));
	cr_expect(frees == 1 && block[8] == 7, "it goes back as it came");
	cr_expect_not_null(strstr(trapped.report.message, "multiple of 16"));
	next = 16;
	err = deed_new_with(&a, &as_told, 10);
	cr_assert(err == 0);
	next = 1024 + 4;
	expect_fault(DEED_E18, err = deed_resize(&a, 20));
	cr_expect(err == -EPERM && frees == 2 && deed_len(a) == 10);
	deed_drop(&a);
	cr_expect(frees == 3);
}

/* 80 bytes at `where` overlap the 400 of `a` from byte 1024 on. */
DEED_UNCHECKED static void overlaps_at(size_t where)
{
	deed_u32 a = DEED_EMPTY, b = DEED_EMPTY;
	int err;

	memset(block, 7, sizeof block);
	next = 1024;
	err = deed_new_zeroed_with(&a, &as_told, 100);
	cr_assert(err == 0);
	next = where;
	frees = 0;
	expect_fault(DEED_E18, err = deed_new_with(&b, &as_told, 20));
	cr_expect(err == -EPERM && !deed_owns(&b));
	cr_expect(frees == 0 && block[1024] == 7 && block[1423] == 7, "`a` is as it was");
	cr_expect_not_null(strstr(trapped.report.message, "`a` owns "), "%s",
			   trapped.report.message);
	deed_drop(&a);
	err = deed_new_with(&b, &as_told, 20);
	cr_assert(err == 0);
	deed_drop(&b);
}

Test(allocator, blocks_that_overlap_are_found)
{
	overlaps_at(1024 - 64);
	overlaps_at(1024 + 400 - 16);
	overlaps_at(1024 + 160); /* all of it inside */
}

DEED_UNCHECKED Test(allocator, a_block_around_a_live_one_is_found)
{
	deed_u32 a = DEED_EMPTY, b = DEED_EMPTY;
	int err;

	next = 1024;
	err = deed_new_with(&a, &as_told, 10);
	cr_assert(err == 0);
	next = 512;
	err = deed_new_with(&b, &as_told, 10);
	cr_assert(err == 0);
	frees = 0;
	next = 960;
	expect_fault(DEED_E18, err = deed_resize(&b, 100));
	cr_expect(err == -EPERM && frees == 0 && deed_len(b) == 10);
	deed_drop(&a);
	expect_silent(err = deed_resize(&b, 100));
	cr_expect(err == 0);
	deed_drop(&b);
}

/* One that cuts its blocks out of an owner's buffer, another's too. */
DEED_UNCHECKED Test(allocator, blocks_may_lie_in_a_buffer_of_another_allocator)
{
	deed_u8 pool = DEED_EMPTY;
	deed_u32 a = DEED_EMPTY, b = DEED_EMPTY;
	int err;

	next = 0;
	err = deed_new_with(&pool, &as_told, 1024);
	cr_assert(err == 0);
	{
		static const struct deed_allocator inner = { next_alloc, NULL, next_free, NULL };

		next = 64;
		expect_silent(err = deed_new_with(&a, &inner, 10));
		cr_expect(err == 0);
		next = 128;
		expect_silent(err = deed_new_with(&b, &inner, 10));
		cr_expect(err == 0);
		deed_drop(&a);
		deed_drop(&b);
	}
	deed_drop(&pool);
}

DEED_UNCHECKED Test(allocator, a_chunk_of_an_arena_is_looked_at)
{
	const struct deed_arena_options options = { .chunk_bytes = 256, .allocator = &as_told };
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_u32 a = DEED_EMPTY;
	int err = deed_arena_open(&arena, &options);

	cr_assert(err == 0);
	memset(block, 7, sizeof block);
	frees = 0;
	next = 32;
	expect_fault(DEED_E18, cr_expect_null(deed_arena_alloc(&arena, 8)));
	cr_expect_not_null(strstr(trapped.report.message, "multiple of 64"));
	cr_expect(frees && block[32] == 7);
	next = 128;
	err = deed_new_zeroed_with(&a, &as_told, 10);
	cr_assert(err == 0);
	frees = 0;
	next = 0;
	expect_fault(DEED_E18, cr_expect_null(deed_arena_alloc(&arena, 8)));
	cr_expect_not_null(strstr(trapped.report.message, "`a` owns some of them"));
	cr_expect(frees == 0 && block[0] == 7);
	deed_drop(&a);
	expect_silent(cr_expect_not_null(deed_arena_alloc(&arena, 8)));
	expect_silent(deed_arena_close(&arena));
}
