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

/* The slot of the cell to move, its shard lock taken; 0 after a report. */
static uint32_t open_move(struct deed_thread *me, const struct deed_owner *from, const void *frame,
			  const struct deed_site *at)
{
	struct deed_finding *finding = NULL;
	const uint32_t slot = deed_owner_open(me, from, DEED_USE_ANY, frame, at, &finding);

	if (slot && (deed_cell_word(deed_cell_at(slot)) & DEED_CELL_LENT)) {
		finding = deed_owner_is_lent(me, slot, DEED_E06, "moved", frame, at);
		deed_shard_give(slot);
	}
	if (!finding)
		return slot;
	deed_raise(me, finding);
	return 0;
}

/* Moves what is open; gives the shard lock back. */
static void move_open(struct deed_thread *me, struct deed_owner *to, struct deed_owner *from,
		      uint32_t slot, const char *to_text, uint32_t stack,
		      const struct deed_site *at)
{
	struct deed_cell *cell = deed_cell_at(slot);
	const uint64_t generation = deed_word_generation(deed_cell_word(cell));
	uint32_t next = slot;

	deed_handle_set(from, DEED_TAG_MOVED, slot, generation, 0);
	deed_cell_event(cell, DEED_ROLE_MOVED, at, stack, generation, me->id);
	if (!deed_cell_bump(cell)) {
		next = deed_life_fresh_row(cell, slot);
		cell = deed_cell_at(next);
	}
	cell->home = to;
	cell->name = to_text;
	deed_handle_set(to, DEED_TAG_LIVE, next, deed_word_generation(deed_cell_word(cell)),
			cell->count);
	deed_shard_give(slot);
}

DEED_EXPORT void deed_trap_move(struct deed_owner *to, struct deed_owner *from, const char *to_text,
				const void *frame, const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding = NULL;
	uint32_t slot, stack;

	if (!me) {
		deed_reentered(at, frame);
		return;
	}
	if (to == from) { /* nothing, lent or not; but the handle must be good */
		slot = deed_owner_open(me, from, DEED_USE_ANY, frame, at, &finding);
		if (slot) {
			deed_shard_give(slot);
			deed_leave(me);
		} else {
			deed_raise(me, finding);
		}
		return;
	}
	/* What is wrong with the source is told before what is wrong with the target; and nobody
	 * holds two shard locks, so the source is opened again. */
	slot = open_move(me, from, frame, at);
	if (!slot)
		return;
	deed_shard_give(slot);
	if (!deed_owner_is_free(me, to, "moving into", frame, at))
		return;
	stack = deed_stack_keep(frame, me->stack_lo, me->stack_hi);
	slot = open_move(me, from, frame, at);
	if (!slot)
		return;
	move_open(me, to, from, slot, to_text, stack, at);
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
