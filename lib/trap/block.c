/* SPDX-License-Identifier: MIT
 *
 * lib/trap/block.c - what deed_arena_allocator() gave is freed.
 *
 * A block is a buffer in an arena, of nobody's handle, made and freed by code that deed does
 * not see: the stack is all that is known of the place. One that lives is found by its address.
 * One that has ended is in no index, so all rows are asked: it takes a while, for a fault.
 */
#include "carve.h"
#include "life.h"
#include "near.h"
#include "owner.h"
#include "shard.h"
#include "stack.h"

const struct deed_site deed_block_site = { "", "", "block", "u8", 1, 1, 0 };

struct look {
	const void *base;
	uint32_t slot;
};

static bool is_block(const struct deed_cell *cell, const void *base)
{
	return cell->kind == DEED_KIND_ARENA && (cell->flags & DEED_CELL_BLOCK) &&
	       cell->base == base;
}

static bool see(uint32_t slot, void *context)
{
	struct look *const look = context;
	const struct deed_cell *const cell = deed_cell_at(slot);

	if (is_block(cell, look->base) && cell->is_live)
		look->slot = slot;
	return !look->slot;
}

/* The youngest that was there; 0 if there is none, or it is forgotten. */
static uint32_t find_ended(const void *base)
{
	const uint32_t made = deed_cells_made();
	uint32_t found = 0;

	for (uint32_t slot = 1; slot < made; slot++) {
		const struct deed_cell *const cell = deed_cell_at(slot);

		if (is_block(cell, base) && !cell->is_live &&
		    (!found || cell->id > deed_cell_at(found)->id))
			found = slot;
	}
	return found;
}

static void not_live(struct deed_thread *me, const void *block, const void *frame)
{
	const uint32_t slot = find_ended(block);
	const struct deed_cell *const cell = deed_cell_at(slot);
	struct deed_finding *finding;
	int event;

	if (!slot) {
		finding = deed_finding_begin(me, DEED_E18, &deed_block_site, frame);
		deed_finding_does(finding, "freed", false);
		deed_finding_say(finding,
				 "%p is given back to an arena here, but no block of one begins "
				 "there, or it ended long ago",
				 block);
		deed_raise(me, finding);
		return;
	}
	deed_shard_take(slot);
	event = deed_cell_event_back(cell, 0);
	finding = deed_finding_begin(
		me, deed_event_role(cell, event) == DEED_ROLE_RESET ? DEED_E21 : DEED_E05,
		&deed_block_site, frame);
	deed_finding_does(finding, "freed", false);
	deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, event, deed_event_role(cell, event));
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	deed_finding_say(finding, "a block of %zu bytes is given back here, but it %s before",
			 deed_cell_bytes(cell),
			 deed_event_role(cell, event) == DEED_ROLE_RESET
				 ? "has ended with its arena"
				 : "was given back");
	deed_shard_give(slot);
	deed_raise(me, finding);
}

void deed_arena_block_free(void *block)
{
	const void *const frame = __builtin_frame_address(0);
	struct look look = { block, 0 };
	struct deed_finding *finding = NULL;
	struct deed_thread *const me = block ? deed_enter() : NULL;
	struct deed_owner handle;
	struct deed_ended ended;
	const struct deed_cell *cell;

	if (!block)
		return;
	if (!me) {
		deed_reentered(&deed_block_site, frame);
		return;
	}
	deed_near_search((uintptr_t)block, (uintptr_t)block + 1, see, &look);
	if (!look.slot) {
		not_live(me, block, frame);
		return;
	}
	cell = deed_cell_at(look.slot);
	deed_handle_set(&handle, DEED_TAG_LIVE, look.slot,
			deed_word_generation(deed_cell_word(cell)), deed_cell_len(cell));
	if (!deed_owner_open_unlent(me, &handle, DEED_USE_FREE, frame, &deed_block_site,
				    &finding)) {
		deed_raise(me, finding);
		return;
	}
	deed_life_leave(me, &handle, look.slot, DEED_ROLE_FREED,
			deed_stack_keep(frame, me->stack_lo, me->stack_hi), &deed_block_site,
			&ended);
	deed_leave(me);
	deed_life_end_memory(&ended);
}
