/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_allocator.c (C, C++) - owners live in any allocator, as in any other
 * memory: they are lent, moved, resized, swapped and dropped; and all of it comes back.
 */
#include "deed.h"
#include "deed/allocator.h"

#include <stdlib.h>

/* Counts what it has given, and checks that it comes back as it went. */
struct counted {
	size_t blocks, bytes;
	int is_wrong;
};

static void *counted_alloc(size_t bytes, size_t align, int zeroed, void *context)
{
	struct counted *const counted = (struct counted *)context;

	counted->blocks++;
	counted->bytes += bytes;
	return deed_heap()->alloc(bytes, align, zeroed, deed_heap()->context);
}

static void *counted_resize(void *block, size_t old_bytes, size_t bytes, size_t align,
			    void *context)
{
	struct counted *const counted = (struct counted *)context;

	counted->bytes += bytes - old_bytes;
	return deed_heap()->resize(block, old_bytes, bytes, align, deed_heap()->context);
}

static void counted_free(void *block, size_t bytes, size_t align, void *context)
{
	struct counted *const counted = (struct counted *)context;

	counted->is_wrong |= counted->blocks == 0 || counted->bytes < bytes;
	counted->blocks--;
	counted->bytes -= bytes;
	deed_heap()->free(block, bytes, align, deed_heap()->context);
}

struct wide_lane_elements {
	__attribute__((aligned(64))) float lane[16];
};
DEED_DEFINE(wide_lanes, struct wide_lane_elements);

static int is_counted_up(deed_u32_borrowed r, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (deed_at(r, i) != i)
			return 0;
	return 1;
}

/* The life of an owner; 0 if all is as it should be. */
static int live_in(const struct deed_allocator *allocator, size_t count)
{
	deed_u32 a = DEED_EMPTY, b = DEED_EMPTY, c = DEED_EMPTY;
	wide_lanes w = DEED_EMPTY;
	int wrong = 0;

	if (deed_new_zeroed_with(&a, allocator, count) || deed_new_with(&w, allocator, 3))
		return 1;
	{
		DEED_INOUT(v, &a);
		for (size_t i = 0; i < count; i++)
			wrong |= deed_at(v, i) != 0;
		for (size_t i = 0; i < count; i++)
			deed_at(v, i) = (uint32_t)i;
	}
	if (deed_clone(&c, &a))
		wrong = 1;
	if (deed_resize(&a, 3 * count + 5) || deed_len(a) != 3 * count + 5)
		wrong = 1;
	deed_move(&b, &a);
	{
		DEED_BORROWED(r, &b);
		wrong |= !is_counted_up(r, count);
	}
	if (deed_resize(&b, count / 2) || deed_resize(&b, count / 2) || deed_resize(&w, 100))
		wrong = 1;
	{
		DEED_BORROWED(r, &b);
		DEED_BORROWED(s, &w);
		wrong |= !is_counted_up(r, count / 2) || deed_len(r) != count / 2;
		wrong |= (uintptr_t)deed_data(s) % 64 != 0;
	}
	deed_swap(&b, &c);
	deed_drop(&b);
	if (deed_resize(&c, 0) || deed_resize(&c, 7))
		wrong = 1;
	deed_settle(&c);
	deed_settle(&c);
	deed_drop(&w);
	return wrong;
}

int main(void)
{
	struct counted counted = { 0, 0, 0 };
	const struct deed_allocator whole = { counted_alloc, counted_resize, counted_free,
					      &counted };
	const struct deed_allocator plain = { counted_alloc, NULL, counted_free, &counted };
	const struct deed_allocator *const all[] = { deed_heap(), deed_pages(), deed_huge_pages(),
						     &whole, &plain };
	deed_u32 held = DEED_EMPTY, below = DEED_EMPTY;
	uint32_t *released;

	/* Pages that had to move, for others lie behind them, can be written from end to end;
	 * valgrind knows it, too. */
	if (deed_new_with(&held, deed_pages(), 5000) || deed_new_with(&below, deed_pages(), 5000) ||
	    deed_resize(&below, 40000) || deed_resize(&held, 40000))
		return 8;
	{
		DEED_INOUT(v, &below);
		DEED_INOUT(w, &held);
		deed_fill(v, 1u);
		deed_fill(w, 1u);
	}
	deed_drop(&below);
	deed_drop(&held);

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		for (size_t count = 2; count < 1000000; count *= 31)
			if (live_in(all[i], count))
				return 1;
	if (counted.blocks || counted.bytes || counted.is_wrong)
		return 2;
	if (deed_stats().page_bytes || deed_stats().foreign_buffers)
		return 3;

	/* What is released is the allocator's to free. */
	if (deed_new_with(&held, &whole, 10))
		return 4;
	released = deed_release(&held);
	if (counted.blocks != 1 || counted.bytes < 40)
		return 5;
	whole.free(released, counted.bytes, 16, whole.context);

	if (deed_new_with(&held, deed_huge_pages(), 10))
		return 6;
	if (deed_stats().page_bytes != (size_t)2 << 20 || deed_stats().foreign_buffers != 1)
		return 7;
	deed_drop(&held);
	return deed_stats().page_bytes != 0;
}
