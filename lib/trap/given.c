/* SPDX-License-Identifier: MIT
 *
 * lib/trap/given.c - looks at what an allocator gave. The design is at the head of given.h.
 *
 * What it overlaps is found by address (near.h). Ended buffers are not in the way, nor is what
 * is known by being lent alone; a block of an arena (block.c) is the very memory that is
 * given; and static data may have owners that nobody has dropped.
 */
#include "given.h"

#include "../foreign.h"
#include "near.h"
#include "shard.h"

static bool is_deeds_own(const struct deed_allocator *allocator)
{
	return allocator == deed_heap() || allocator == deed_pages() ||
	       allocator == deed_huge_pages();
}

struct overlap {
	uintptr_t lo, hi;
	bool is_deeds_own;
	uint32_t in_the_way;
	uint32_t around; /* the smallest buffer that an allocator gave and that holds all of it */
	void *around_base;
	size_t around_bytes;
};

static bool see(uint32_t slot, void *context)
{
	struct overlap *const look = context;
	const struct deed_cell *const cell = deed_cell_at(slot);
	const uintptr_t base = (uintptr_t)cell->base, end = base + deed_cell_bytes(cell);
	const bool is_foreign = cell->kind == DEED_KIND_FOREIGN;

	if (!cell->is_live || cell->kind == DEED_KIND_RAW || cell->kind == DEED_KIND_STATIC ||
	    (cell->flags & DEED_CELL_BLOCK))
		return true;
	if (is_foreign && base == look->lo) {
		look->in_the_way = slot;
	} else if (!look->is_deeds_own && (base > look->lo || end < look->hi)) {
		look->in_the_way = slot;
	} else if (is_foreign && (!look->around || end - base < look->around_bytes)) {
		look->around = slot;
		look->around_base = cell->base;
		look->around_bytes = end - base;
	}
	return !look->in_the_way;
}

bool deed_given_is_fit(struct deed_given *given)
{
	struct overlap look = { .lo = (uintptr_t)given->base,
				.is_deeds_own = is_deeds_own(given->allocator) };
	struct deed_foreign foreign;

	look.hi = look.lo + (look.is_deeds_own ? 1 : given->bytes);
	deed_near_search(look.lo, look.hi, see, &look);
	if (!look.is_deeds_own && !look.in_the_way && look.around &&
	    deed_foreign_get(look.around_base, &foreign) && foreign.allocator == given->allocator)
		look.in_the_way = look.around;
	given->in_the_way = look.in_the_way;
	return !look.in_the_way && !(look.lo & (given->align - 1));
}

struct deed_finding *deed_given_finding(struct deed_thread *me, const struct deed_given *given,
					const struct deed_site *at, const void *frame)
{
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E18, at, frame);
	const uint32_t slot = given->in_the_way;
	const struct deed_cell *const cell = deed_cell_at(slot);
	const struct deed_plain name = deed_plain(at->text);

	deed_finding_does(finding, "given memory", false);
	if (!slot) {
		deed_finding_say(finding,
				 "`%s` is given %zu bytes at %p by its allocator, which was asked "
				 "for a multiple of %zu",
				 name.text, given->bytes, given->base, given->align);
		return finding;
	}
	deed_shard_take(slot);
	deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	if (cell->base == given->base)
		deed_finding_say(finding,
				 "the memory at %p is given here a second time by its allocator: "
				 "`%s` owns it",
				 given->base, deed_cell_name(cell).text);
	else
		deed_finding_say(finding,
				 "`%s` is given %zu bytes at %p by its allocator, but `%s` owns "
				 "some of them",
				 name.text, given->bytes, given->base, deed_cell_name(cell).text);
	deed_shard_give(slot);
	return finding;
}
