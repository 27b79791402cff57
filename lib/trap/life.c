/* SPDX-License-Identifier: MIT
 *
 * lib/trap/life.c - the life of a buffer: the cell's row, its place in the address index, its
 * memory, kept in step.
 *
 * All changes of a cell that a handle names are made under its shard lock. The allocator
 * and deleters are called with no lock held, and outside the ledger, for they may come back
 * in.
 */
#include "life.h"

#include <errno.h>

#include "../foreign.h"
#include "near.h"
#include "options.h"
#include "tree.h"

/* Where LeakSanitizer is in the process. */
extern void __lsan_ignore_object(const void *object) __attribute__((weak));

void deed_life_is_reachable(const void *base)
{
	if (__lsan_ignore_object)
		__lsan_ignore_object(base);
}

void *deed_life_memory(size_t bytes, size_t align, bool zeroed)
{
	void *const memory = deed_backend_alloc(deed_max(bytes, 1), align, zeroed);

	if (memory)
		deed_life_is_reachable(memory);
	return memory;
}

void deed_life_end_memory(struct deed_ended ended)
{
	struct deed_foreign foreign;

	if (ended.kind == DEED_KIND_HEAP)
		deed_backend_free(ended.base, 0, 0);
	else if (ended.kind == DEED_KIND_FOREIGN && deed_foreign_take(ended.base, &foreign))
		deed_foreign_end(&foreign);
}

static uint32_t log2_of(size_t power)
{
	return (uint32_t)__builtin_ctzl(power);
}

/* Static data, which has no inout loans, buffers of no bytes, which have no loans at all, and
 * options that look at every loan go the slow way. */
void deed_life_set_quick(struct deed_cell *cell)
{
	cell->quick_len = cell->kind <= DEED_KIND_FOREIGN && deed_cell_bytes(cell) &&
					  !deed_options.pin_handles && !deed_options.loan_stacks &&
					  !deed_options.tsan
				  ? cell->count
				  : SIZE_MAX;
}

int deed_life_enter(struct deed_thread *me, struct deed_owner *ret,
		    const struct deed_making *making)
{
	uint32_t slot;
	struct deed_cell *const cell =
		deed_cell_take(making->kind, making->count * making->at->element_bytes, &slot);
	uint64_t generation;

	if (!cell)
		return -ENOMEM;
	/* No lock: nobody's handle names this row yet, and nobody looks at one that is not live. */
	generation = deed_word_generation(deed_cell_word(cell));
	cell->base = making->base;
	cell->count = making->count;
	cell->home = ret;
	cell->name = making->at->text;
	cell->element_bytes = (uint32_t)making->at->element_bytes;
	cell->align_log2 = (uint8_t)log2_of(making->align);
	deed_cell_event(cell, making->role, making->at, making->stack, generation, me->id);
	deed_life_set_quick(cell);
	__atomic_store_n(&cell->is_live, 1, __ATOMIC_RELEASE);
	deed_near_put(cell, slot);
	deed_handle_set(ret, DEED_TAG_LIVE, slot, generation, making->count);
	return 0;
}

struct deed_ended deed_life_leave(struct deed_thread *me, struct deed_owner *owner, uint32_t slot,
				  enum deed_role role, uint32_t stack, const struct deed_site *at)
{
	struct deed_cell *const cell = deed_cell_at(slot);
	const struct deed_ended ended = { cell->base, (enum deed_kind)cell->kind };
	const uint64_t generation = deed_word_generation(deed_cell_word(cell));

	deed_handle_set(owner, DEED_TAG_DROPPED, slot, generation, 0);
	deed_cell_event(cell, role, at, stack, generation, me->id);
	cell->is_live = 0;
	cell->quick_len = SIZE_MAX;
	(void)deed_cell_bump(cell);
	deed_shard_give(slot);
	deed_near_take(cell, slot);
	deed_cell_give(cell, slot);
	return ended;
}

uint32_t deed_life_fresh_row(struct deed_cell *old, uint32_t old_slot)
{
	uint32_t slot;
	/* Neither row is counted: the buffer is, as it was. */
	struct deed_cell *const cell = deed_cell_take(DEED_KIND_RAW, 0, &slot);
	const uint64_t id = old->id;
	uint64_t generation;

	if (!cell)
		deed_ledger_stops("no row for a buffer whose generations are used up");
	generation = deed_word_generation(deed_cell_word(cell));
	cell->base = old->base;
	cell->count = old->count;
	cell->element_bytes = old->element_bytes;
	cell->kind = old->kind;
	cell->align_log2 = old->align_log2;
	cell->flags = old->flags;
	cell->id = id;
	deed_cell_event(cell, (enum deed_role)(old->event_who[0] >> 24), old->event_site[0],
			old->event_stack[0], generation, old->event_who[0] & 0xffffff);
	deed_near_take(old, old_slot);
	old->is_live = 0;
	old->quick_len = SIZE_MAX;
	cell->is_live = 1;
	deed_life_set_quick(cell);
	deed_near_put(cell, slot);
	return slot; /* the old row is retired: nobody gives it back */
}
