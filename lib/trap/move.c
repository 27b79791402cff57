/* SPDX-License-Identifier: MIT
 *
 * lib/trap/move.c - owners change hands: move and swap.
 *
 * A move bumps the cell's generation, so that every copy of the old handle is stale. A swap
 * does not: both buffers stay with their generation and get a new home.
 */
#include "life.h"
#include "owner.h"
#include "stack.h"
#include "tree.h"

DEED_EXPORT void deed_trap_move(struct deed_owner *to, struct deed_owner *from, const char *to_text,
				const void *frame, const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding = NULL;
	struct deed_cell *cell;
	uint64_t generation;
	uint32_t slot;
	size_t len;

	if (!me) {
		deed_reentered(at, frame);
		return;
	}
	slot = deed_owner_open(me, from, DEED_USE_ANY, frame, at, &finding);
	if (!slot) {
		deed_raise(me, finding);
		return;
	}
	cell = deed_cell_at(slot);
	if (to == from) {
		deed_shard_give(slot);
		deed_leave(me);
		return;
	}
	if (deed_cell_word(cell) & DEED_CELL_LENT) {
		finding = deed_owner_is_lent(me, slot, DEED_E06, "moved", frame, at);
		deed_shard_give(slot);
		deed_raise(me, finding);
		return;
	}
	deed_shard_give(slot);
	if (!deed_owner_is_free(me, to, "moving into", frame, at))
		return;

	slot = deed_owner_open(me, from, DEED_USE_ANY, frame, at, &finding);
	if (!slot) { /* another thread was first */
		deed_raise(me, finding);
		return;
	}
	generation = deed_word_generation(deed_cell_word(cell));
	len = cell->count;
	deed_handle_set(from, DEED_TAG_MOVED, slot, generation, 0);
	deed_cell_event(cell, DEED_ROLE_MOVED, at,
			deed_stack_keep(frame, me->stack_lo, me->stack_hi), generation, me->id);
	if (deed_cell_bump(cell)) {
		cell->home = to;
		cell->name = to_text;
		deed_handle_set(to, DEED_TAG_LIVE, slot, generation + 1, len);
		deed_shard_give(slot);
	} else {
		const uint32_t next = deed_life_fresh_row(cell, slot);

		deed_shard_give(slot);
		cell = deed_cell_at(next);
		cell->home = to;
		cell->name = to_text;
		deed_handle_set(to, DEED_TAG_LIVE, next, deed_word_generation(deed_cell_word(cell)),
				len);
	}
	deed_leave(me);
}

/* The cell that a handle owns gets the handle's new home; E06 if it is lent. */
static bool rehome(struct deed_thread *me, const struct deed_owner *owner,
		   const struct deed_owner *home, const char *text, const void *frame,
		   const struct deed_site *at, bool commit)
{
	struct deed_finding *finding = NULL;
	uint32_t slot;

	if (deed_word_tag(deed_handle_word(owner)) != DEED_TAG_LIVE)
		return true;
	slot = deed_owner_open(me, owner, DEED_USE_ANY, frame, at, &finding);
	if (slot && !commit && (deed_cell_word(deed_cell_at(slot)) & DEED_CELL_LENT))
		finding = deed_owner_is_lent(me, slot, DEED_E06, "swapped", frame, at);
	if (slot && commit) {
		deed_cell_at(slot)->home = home;
		deed_cell_at(slot)->name = text;
	}
	if (slot)
		deed_shard_give(slot);
	if (!finding)
		return true;
	deed_raise(me, finding);
	return false;
}

DEED_EXPORT void deed_trap_swap(struct deed_owner *a, struct deed_owner *b, const char *b_text,
				const void *frame, const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	const struct deed_owner was = *a;

	if (!me) {
		deed_reentered(at, frame);
		return;
	}
	if (!rehome(me, a, b, b_text, frame, at, false) ||
	    !rehome(me, b, a, at->text, frame, at, false))
		return;
	(void)rehome(me, a, b, b_text, frame, at, true);
	(void)rehome(me, b, a, at->text, frame, at, true);
	*a = *b;
	*b = was;
	deed_leave(me);
}
