/* SPDX-License-Identifier: MIT
 *
 * tests/failing.h - an allocator that fails when it is told to, and what must then be so, in
 * both flavours.
 */
#ifndef FAILING_H
#define FAILING_H

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "deed.h"
#include "deed/allocator.h"

struct failing {
	long succeed; /* how many calls still do; -1 is all */
	size_t blocks, bytes;
};

static bool failing_fails(struct failing *failing)
{
	if (failing->succeed > 0)
		failing->succeed--;
	else if (failing->succeed == 0)
		return true;
	return false;
}

static void *failing_alloc(size_t bytes, size_t align, int zeroed, void *context)
{
	struct failing *const failing = context;

	cr_expect(bytes > 0 && align >= 16 && align <= DEED_ALIGN_MAX && !(align & (align - 1)));
	if (failing_fails(failing))
		return NULL;
	failing->blocks++;
	failing->bytes += bytes;
	return deed_heap()->alloc(bytes, align, zeroed, NULL);
}

static void *failing_resize(void *block, size_t old_bytes, size_t bytes, size_t align,
			    void *context)
{
	struct failing *const failing = context;

	if (failing_fails(failing))
		return NULL;
	failing->bytes += bytes - old_bytes;
	return deed_heap()->resize(block, old_bytes, bytes, align, NULL);
}

static void failing_free(void *block, size_t bytes, size_t align, void *context)
{
	struct failing *const failing = context;

	failing->blocks--;
	failing->bytes -= bytes;
	deed_heap()->free(block, bytes, align, NULL);
}

/* Every call fails in turn: the error is -ENOMEM, and owner, bytes and blocks are as they were. */
static void failing_is_survived(bool has_resize)
{
	struct failing failing = { .succeed = 0 };
	const struct deed_allocator allocator = { failing_alloc, has_resize ? failing_resize : NULL,
						  failing_free, &failing };
	static const size_t counts[] = { 1000, 10, 0, 100 };
	deed_u32 a = DEED_EMPTY;
	deed_u32 was = a;
	int err = deed_new_with(&a, &allocator, 100);

	cr_expect(err == -ENOMEM && !memcmp(&a, &was, sizeof a) && failing.blocks == 0);
	err = deed_new_with(&a, &allocator, SIZE_MAX / 2);
	cr_expect(err == -EOVERFLOW && !memcmp(&a, &was, sizeof a) && failing.blocks == 0);
	failing.succeed = 1;
	err = deed_new_with(&a, &allocator, 100);
	cr_assert(err == 0 && failing.blocks == 1);
	{
		DEED_INOUT(v, &a);
		for (size_t i = 0; i < 100; i++)
			deed_at(v, i) = (uint32_t)i;
	}
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		const size_t bytes = failing.bytes, len = deed_len(a);

		was = a;
		failing.succeed = 0;
		err = deed_resize(&a, counts[i]);
		cr_expect(err == -ENOMEM && !memcmp(&a, &was, sizeof a));
		cr_expect(failing.blocks == 1 && failing.bytes == bytes);
		err = deed_resize(&a, SIZE_MAX / 2);
		cr_expect(err == -EOVERFLOW && !memcmp(&a, &was, sizeof a));
		{
			DEED_BORROWED(r, &a);
			for (size_t k = 0; k < len && k < 10 && i < 3; k++)
				cr_expect(deed_at(r, k) == k);
		}
		failing.succeed = -1;
		err = deed_resize(&a, counts[i]);
		cr_expect(err == 0 && deed_len(a) == counts[i] && failing.blocks == 1);
	}
	deed_drop(&a);
	cr_expect(failing.blocks == 0 && failing.bytes == 0);
	cr_expect(deed_stats().foreign_buffers == 0);
}

/* What is larger than memory, and what does not fit its own length, changes nothing. */
static void pages_run_out(const struct deed_allocator *pages)
{
	struct rlimit was, few;
	deed_u8 a = DEED_EMPTY, b = DEED_EMPTY;
	size_t before;
	int err = deed_new_zeroed_with(&a, pages, 100000);

	cr_assert(err == 0);
	{
		DEED_INOUT(v, &a);
		deed_at(v, 99999) = 7;
	}
	before = deed_stats().page_bytes;
	err = deed_new_with(&b, pages, (size_t)1 << 60);
	cr_expect(err == -ENOMEM && !deed_owns(&b));
	err = deed_new_with(&b, pages, DEED_LEN_MAX);
	cr_expect(err == -ENOMEM && !deed_owns(&b));
	cr_expect(!pages->alloc(SIZE_MAX, 16, 0, pages->context));
	cr_expect(!pages->alloc(SIZE_MAX - ((size_t)4 << 20), DEED_ALIGN_MAX, 0, pages->context));
	err = deed_resize(&a, (size_t)1 << 60);
	cr_expect(err == -ENOMEM && deed_len(a) == 100000);
	cr_assert(getrlimit(RLIMIT_AS, &was) == 0);
	few = was;
	few.rlim_cur = 1 << 20;
	cr_assert(setrlimit(RLIMIT_AS, &few) == 0);
	err = deed_resize(&a, (size_t)64 << 20);
	cr_assert(setrlimit(RLIMIT_AS, &was) == 0);
	cr_expect(err == -ENOMEM && deed_len(a) == 100000);
	cr_expect(deed_stats().page_bytes == before);
	{
		DEED_BORROWED(r, &a);
		cr_expect(deed_at(r, 99999) == 7 && deed_at(r, 5) == 0);
	}
	deed_drop(&a);
	cr_expect(deed_stats().page_bytes == 0);
}

/* Blocks of pages as a caller of the allocator has them: aligned, zeroed, resized, moved. */
static void pages_are_pages(const struct deed_allocator *pages)
{
	static const size_t sizes[] = { 1, 4096, 4097, 1 << 20, 5 << 20, 12345678, 100 };

	for (size_t align = 16; align <= DEED_ALIGN_MAX; align *= 8) {
		size_t bytes = 5000;
		unsigned char *block = pages->alloc(bytes, align, 0, pages->context);

		cr_assert(block);
		cr_expect((uintptr_t)block % align == 0);
		for (size_t i = 0; i < bytes; i++)
			cr_assert(!block[i]);
		block[0] = 42;
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			/* In its way, so that it must move. */
			void *const next = deed_pages()->alloc(1, 16, 0, deed_pages()->context);

			block = pages->resize(block, bytes, sizes[i], align, pages->context);
			cr_assert(block);
			cr_expect((uintptr_t)block % align == 0);
			cr_expect(block[0] == 42);
			bytes = sizes[i];
			if (i < 6 && bytes > 1) {
				cr_expect(block[bytes - 1] == 0, "%zu", bytes);
				block[bytes - 1] = (unsigned char)(bytes < 1 << 20);
			}
			deed_pages()->free(next, 1, 16, deed_pages()->context);
		}
		pages->free(block, bytes, align, pages->context);
		cr_expect(deed_stats().page_bytes == 0);
	}
}

#endif
