/* SPDX-License-Identifier: MIT
 *
 * lib/trap/move.c - owners change hands: move and swap.
 *
 * A move bumps the cell's generation, so that every copy of the old handle is stale. A swap
 * does not: both buffers stay with their generation and get a new home.
 */
#include <stdio.h>

#include "history.h"
#include "hot_region.h"
#include "life.h"
#include "owner.h"
#include "shard.h"
#include "stack.h"

/* The slot of the cell to move, its shard lock taken; 0 after a report. */
static uint32_t open_move(struct deed_thread *me, const struct deed_owner *from, const void *frame,
			  const struct deed_site *at)
{
	struct deed_finding *finding = NULL;
	const uint32_t slot = deed_owner_open_unlent(me, from, DEED_USE_MOVE, frame, at, &finding);

	if (finding)
		deed_raise(me, finding);
	return slot;
}

/* Moves what is open; gives the shard lock back. */
static void move_open(struct deed_thread *me, struct deed_owner *to, struct deed_owner *from,
		      uint32_t slot, const struct deed_site *to_at, uint32_t stack,
		      const struct deed_site *at)
{
	struct deed_cell *cell = deed_cell_at(slot);
	const uint64_t generation = deed_word_generation(deed_cell_word(cell));
	uint32_t next = slot;

	deed_handle_set(from, DEED_TAG_MOVED, slot, generation, 0);
	deed_cell_event(cell, DEED_ROLE_MOVED, at, stack, generation, me->id);
	if (deed_is_in_team(me))
		deed_history_ends(me, slot, DEED_ROLE_MOVED, at);
	if (!deed_cell_bump(cell)) {
		next = deed_life_fresh_row(cell, slot);
		cell = deed_cell_at(next);
	}
	if (deed_is_in_team(me))
		deed_history_begins(me, next);
	cell->home = to;
	cell->name = to_at->text;
	deed_handle_set(to, DEED_TAG_LIVE, next, deed_word_generation(deed_cell_word(cell)),
			deed_cell_len(cell));
	deed_shard_give(slot);
}

DEED_EXPORT void deed_trap_move(struct deed_owner *to, struct deed_owner *from,
				const struct deed_site *to_at, const void *frame,
				const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding = NULL;
	uint32_t slot, stack;
	char doing[96];

	if (!me) {
		deed_reentered(at, frame);
		return;
	}
	if (to == from) { /* nothing, lent or not; but the handle must be good */
		slot = deed_owner_open(me, from, DEED_USE_MOVE, frame, at, &finding);
		if (slot) {
			deed_shard_give(slot);
			deed_leave_verb(me, frame, at);
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
	snprintf(doing, sizeof doing, "%s `%s` into",
		 deed_cell_is_handed_over(deed_cell_of_live(slot)) ? "awaiting" : "moving",
		 deed_plain(at->text).text);
	deed_owner_close(slot);
	if (!deed_owner_is_free(me, to, doing, slot, frame, to_at))
		return;
	stack = deed_stack_keep(frame, me->stack_lo, me->stack_hi);
	slot = open_move(me, from, frame, at);
	if (!slot)
		return;
	move_open(me, to, from, slot, to_at, stack, at);
	deed_leave_verb(me, frame, at);
}

void deed_life_is_handed_over(const struct deed_owner *owner)
{
	const uint32_t slot = deed_word_slot(deed_handle_word(owner));
	struct deed_cell *const cell = deed_cell_of_live(slot);
	int move;

	deed_shard_take(slot);
	move = deed_cell_latest_move(cell);
	if (move >= 0)
		cell->event_who[move] |= DEED_EVENT_HANDED_OVER << 24;
	deed_shard_give(slot);
}

bool deed_life_is_said(const struct deed_owner *owner)
{
	return deed_word_tag(deed_handle_word(owner)) == DEED_TAG_LIVE;
}

/* Whether a swap may take what a handle owns: raises what is wrong. */
static bool may_swap(struct deed_thread *me, const struct deed_owner *owner, const void *frame,
		     const struct deed_site *at)
{
	struct deed_finding *finding = NULL;
	uint32_t slot;

	/* Nothing is owned, and nothing is used: unless another part has just ended it. */
	if (deed_word_tag(deed_handle_word(owner)) != DEED_TAG_LIVE) {
		finding = deed_is_in_team(me) ? deed_history_left(me, owner, "swapped", frame, at)
					      : NULL;
		if (finding)
			deed_raise(me, finding);
		return !finding;
	}
	slot = deed_owner_open_unlent(me, owner, DEED_USE_SWAP, frame, at, &finding);
	if (slot)
		deed_owner_close(slot);
	else
		deed_raise(me, finding);
	return slot;
}

/* What `owner` owns, if anything, has its handle at `home` from now on. */
static void rehome(const struct deed_owner *owner, const struct deed_owner *home, const char *text)
{
	const uint32_t slot = deed_word_slot(deed_handle_word(owner));

	if (deed_word_tag(deed_handle_word(owner)) != DEED_TAG_LIVE)
		return;
	deed_shard_take(slot);
	if (deed_word_generation(deed_handle_word(owner)) ==
	    deed_word_generation(deed_cell_word(deed_cell_at(slot)))) {
		deed_cell_at(slot)->home = home;
		deed_cell_at(slot)->name = text;
	}
	deed_shard_give(slot);
}

DEED_EXPORT void deed_trap_swap(struct deed_owner *a, struct deed_owner *b,
				const struct deed_site *a_at, const void *frame,
				const struct deed_site *b_at)
{
	struct deed_thread *const me = deed_enter();
	const struct deed_owner was = *a;

	if (!me) {
		deed_reentered(a_at, frame);
		return;
	}
	deed_task_see(me, frame, a_at);
	if (!may_swap(me, a, frame, a_at) || !may_swap(me, b, frame, b_at))
		return;
	rehome(a, b, b_at->text);
	rehome(b, a, a_at->text);
	deed_show_write(a, sizeof *a, frame);
	deed_show_write(b, sizeof *b, frame);
	*a = *b;
	*b = was;
	deed_leave_verb(me, frame, a_at);
}
