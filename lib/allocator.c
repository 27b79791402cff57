/* SPDX-License-Identifier: MIT
 *
 * lib/allocator.c - deed's allocators as values: the backend, pages, huge pages.
 *
 * A block of pages is its length rounded up to whole pages, so that nobody needs to write
 * down what was mapped: who frees says how long it was.
 */
#include "deed/allocator.h"

#include "allocator.h"
#include "backend.h"
#include "os.h"

/* A huge page is aligned to its size. */
#define HUGE_BYTES DEED_ALIGN_MAX

/* ---- the backend ---------------------------------------------------------------------------- */

static void *heap_alloc(size_t bytes, size_t align, int zeroed, void *context)
{
	(void)context;
	return deed_backend_alloc(deed_max(bytes, 1), align, zeroed);
}

static void *heap_resize(void *block, size_t old_bytes, size_t bytes, size_t align, void *context)
{
	(void)context;
	return deed_backend_resize(block, deed_max(old_bytes, 1), deed_max(bytes, 1), align);
}

static void heap_free(void *block, size_t bytes, size_t align, void *context)
{
	(void)context;
	deed_backend_free(block, deed_max(bytes, 1), align);
}

/* ---- pages ---------------------------------------------------------------------------------- */

struct pages {
	bool are_huge;
	size_t bytes; /* mapped now */
};

static struct pages small, huge = { .are_huge = true };

static size_t unit_of(const struct pages *pages)
{
	return pages->are_huge ? HUGE_BYTES : deed_os_page_bytes();
}

/* What is mapped for `bytes`; 0 if it does not fit. */
static size_t mapped(const struct pages *pages, size_t bytes)
{
	const size_t unit = unit_of(pages);

	return bytes > SIZE_MAX - unit ? 0 : deed_round_up(deed_max(bytes, 1), unit);
}

/* A block has changed: what is asked of the kernel goes for its new pages, too. */
static void *changed(struct pages *pages, void *block, size_t old_whole, size_t whole)
{
	if (block) {
		__atomic_add_fetch(&pages->bytes, whole - old_whole, __ATOMIC_RELAXED);
		if (pages->are_huge)
			deed_os_advise_huge(block, whole);
	}
	return block;
}

static void *pages_alloc(size_t bytes, size_t align, int zeroed, void *context)
{
	struct pages *const pages = context;
	const size_t whole = mapped(pages, bytes);

	(void)zeroed; /* fresh pages are */
	if (!whole)
		return NULL;
	return changed(pages, deed_os_map_aligned(whole, deed_max(align, unit_of(pages))), 0,
		       whole);
}

static void *pages_resize(void *block, size_t old_bytes, size_t bytes, size_t align, void *context)
{
	struct pages *const pages = context;
	const size_t old_whole = mapped(pages, old_bytes), whole = mapped(pages, bytes);

	if (!whole)
		return NULL;
	if (whole == old_whole)
		return block;
	return changed(pages,
		       deed_os_remap(block, old_whole, whole, deed_max(align, unit_of(pages))),
		       old_whole, whole);
}

static void pages_free(void *block, size_t bytes, size_t align, void *context)
{
	struct pages *const pages = context;
	const size_t whole = mapped(pages, bytes);

	(void)align;
	if (!block)
		return;
	deed_os_unmap(block, whole);
	__atomic_sub_fetch(&pages->bytes, whole, __ATOMIC_RELAXED);
}

/* ---- as values ------------------------------------------------------------------------------ */

DEED_EXPORT const struct deed_allocator *deed_heap(void)
{
	static const struct deed_allocator heap = { heap_alloc, heap_resize, heap_free, NULL };

	return &heap;
}

DEED_EXPORT const struct deed_allocator *deed_pages(void)
{
	static const struct deed_allocator pages = { pages_alloc, pages_resize, pages_free,
						     &small };

	return &pages;
}

DEED_EXPORT const struct deed_allocator *deed_huge_pages(void)
{
	static const struct deed_allocator pages = { pages_alloc, pages_resize, pages_free, &huge };

	return &pages;
}

void deed_pages_count(struct deed_statistics *stats)
{
	const size_t huge_bytes = __atomic_load_n(&huge.bytes, __ATOMIC_RELAXED);

	stats->page_bytes = __atomic_load_n(&small.bytes, __ATOMIC_RELAXED) + huge_bytes;
	stats->huge_page_bytes = huge_bytes && deed_os_has_huge_pages() ? huge_bytes : 0;
}
