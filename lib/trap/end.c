/* SPDX-License-Identifier: MIT
 *
 * lib/trap/end.c - loans end by hand: deed_end().
 *
 * Ends are never refused but for telling who is wrong: a source that the loan is not of
 * (E18), a loan that ended before (E12), or that a task may not end (E20). A child that its
 * parent's end has ended may still be ended, once: the row says ORPHAN until then. Rows do not wait
 * for ever. When the row of such a child has gone, and its parent is no longer live, its end is
 * silent, how often it may come: what a program may do must not be reported.
 */
#include "end.h"
#include "deed/lend.h"
#include "hot_region.h"
#include "raw.h"
#include "rights.h"
#include "shard.h"
#include "slots.h"
#include "story.h"
#include "task.h"
#include "tree.h"

/* Ends a loan whatever it is, and frees its slot. True if it was live. Inside, no lock. */
bool deed_end_loan(struct deed_thread *me, uint64_t loan, uint64_t marks,
		   const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	struct deed_loan *const row = deed_loan_at(slot);
	const uint32_t cell = deed_loan_cell(row);
	const bool is_raw = row->is_raw;
	bool ended;

	if (is_raw)
		deed_raw_lock();
	deed_shard_take(cell);
	ended = deed_end_tree(me, slot, loan, marks, at);
	deed_shard_give(cell);
	if (is_raw) {
		if (ended)
			deed_raw_end_rest(me, row, at);
		deed_raw_unlock();
	}
	return ended;
}

/* The row after `at` in the tree below `top`, parents first; 0 at its end. */
static uint32_t next_below(uint32_t top, uint32_t at)
{
	const struct deed_loan *row = deed_loan_at(at);

	if (row->first_child)
		return row->first_child;
	while (at != top && !row->next) {
		at = row->parent;
		row = deed_loan_at(at);
	}
	return at == top ? 0 : row->next;
}

void deed_end_tells_of_arenas(struct deed_thread *me, uint64_t loan, bool by_block,
			      const void *frame, const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan), cell = deed_loan_cell(deed_loan_at(slot));
	const uint64_t word = deed_loan_word(deed_loan_at(slot));
	struct deed_finding *finding = NULL;
	size_t arenas = 0;

	if (!deed_word_is(word, loan) || !(word & DEED_LOAN_CHILD))
		return;
	deed_shard_take(cell);
	for (uint32_t below = next_below(slot, slot); below; below = next_below(slot, below)) {
		if (!deed_loan_at(below)->is_arenas)
			continue;
		if (!finding) {
			finding = deed_finding_begin(me, DEED_E08, at, frame);
			deed_finding_does(finding, "ended", by_block);
			deed_finding_cell(finding, cell);
		}
		deed_finding_loan(finding, below);
		arenas++;
	}
	if (finding && deed_cell_at(cell)->kind != DEED_KIND_RAW)
		deed_finding_event(finding, cell, 0, DEED_ROLE_ALLOCATED);
	deed_shard_give(cell);
	if (!finding)
		return;
	if (arenas == 1)
		deed_finding_say(finding, "the loan `%s` ends %s while the arena `%s` lies over it",
				 deed_plain(at->text).text, by_block ? "with its block" : "here",
				 deed_plain(deed_finding_only_holder(finding)->site->text).text);
	else
		deed_finding_say(finding, "the loan `%s` ends %s while %zu arenas lie over it",
				 deed_plain(at->text).text, by_block ? "with its block" : "here",
				 arenas);
	deed_raise(me, finding);
	me->inside = 1;
}

/* E11, with what is left of the loan's story. Under the shard lock of `cell`, or none. */
struct deed_finding *deed_loan_ended(struct deed_thread *me, uint64_t loan, enum deed_fault fault,
				     const void *frame, const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	const struct deed_loan *const row =
		slot < deed_tables.loan_limit ? deed_loan_at(slot) : NULL;
	const struct deed_plain name = deed_plain(at->text);
	const uint64_t word = row ? deed_loan_word(row) : 0;
	/* The row still tells of this loan until the slot is used again. */
	const bool is_known = row && row->site && !(word & DEED_LOAN_LIVE) &&
			      word >> DEED_LOAN_SLOT_BITS == (loan >> DEED_LOAN_SLOT_BITS) + 1 &&
			      deed_loan_is_of_this_life(row);
	const bool is_possible = row && word >> DEED_LOAN_SLOT_BITS > loan >> DEED_LOAN_SLOT_BITS;
	const uint32_t cell = is_known ? row->cell : 0;
	struct deed_finding *finding;

	/* Whether it has ended by now depends on when its task was at work. */
	if (is_known && !deed_task_took(me, row)) {
		deed_shard_take(cell);
		finding = deed_loan_is_not_ours(me, slot, fault == DEED_E12 ? "ended" : "used",
						frame, at);
		deed_shard_give(cell);
		return finding;
	}
	finding = deed_finding_begin(me, is_possible ? fault : DEED_E18, at, frame);
	if (is_known) {
		deed_shard_take(cell);
		deed_finding_cell(finding, cell);
		deed_finding_loan_story(finding, slot);
		deed_finding_event(finding, cell, 0, DEED_ROLE_ALLOCATED);
		deed_shard_give(cell);
	} else if (is_possible) {
		deed_finding_event(finding, 0, -1, DEED_ROLE_ENDED);
	}
	deed_finding_say_ended(finding, name.text);
	return finding;
}

static struct deed_finding *wrong_source(struct deed_thread *me, uint64_t loan, const void *frame,
					 const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	const uint32_t cell = deed_loan_at(slot)->cell;
	const struct deed_plain name = deed_plain(at->text);
	bool is_told;
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E18, at, frame);

	deed_shard_take(cell);
	deed_finding_cell(finding, cell);
	is_told = deed_finding_holder(finding, loan);
	deed_finding_event(finding, cell, 0, DEED_ROLE_ALLOCATED);
	deed_shard_give(cell);
	if (!is_told) /* another thread has ended it meanwhile */
		deed_finding_say(finding, "`%s` is ended here through a source of another loan",
				 name.text);
	else if (deed_loan_at(slot)->is_part)
		deed_finding_say(finding,
				 "`%s` is ended here, but it is what a part has of `%s`, and ends "
				 "with the part",
				 name.text,
				 deed_plain(deed_finding_only_holder(finding)->site->text).text);
	else
		deed_finding_say(
			finding,
			"`%s` was taken from `%s`, but is ended here through another source",
			name.text, deed_plain(deed_finding_only_holder(finding)->site->text).text);
	return finding;
}

/* The word of the loan's row; 0 of bits that have none. */
static uint64_t word_of(uint64_t loan)
{
	const uint32_t slot = deed_loan_slot(loan);

	return slot < deed_tables.loan_limit ? deed_loan_word(deed_loan_at(slot)) : 0;
}

/* Whether the task may not end it, live or ended. Then E20 is told, and deed has left. */
static DEED_COLD bool is_refused(struct deed_thread *me, uint64_t loan, const void *frame,
				 const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	const struct deed_loan *const row = deed_loan_at(slot);
	const uint64_t word = word_of(loan);
	const bool is_live = deed_word_is(word, loan) && (word & DEED_LOAN_LIVE);
	struct deed_finding *finding;
	uint32_t cell;

	if (!word)
		return false;
	if (is_live ? deed_task_whose(me, deed_word_task(word)) == DEED_WHOSE_OWN
		    : !me->in_task || !deed_loan_is_told(row, loan) || deed_task_took(me, row))
		return false;
	cell = deed_loan_cell(row);
	deed_shard_take(cell);
	finding = deed_loan_is_not_ours(me, slot, "ended", frame, at);
	deed_shard_give(cell);
	deed_raise(me, finding);
	return true;
}

/* Ends through deed_end(): `loan` is live or stale; sources have been compared. */
static void end_by_hand(struct deed_thread *me, uint64_t loan, const void *frame,
			const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	struct deed_loan *const row = deed_loan_at(slot);
	/* A guard's block comes by yet, and will hear that it came too late. */
	const uint64_t marks = row->is_guard ? DEED_LOAN_ORPHAN | DEED_LOAN_BY_HAND : 0;
	uint64_t word;

	deed_end_tells_of_arenas(me, loan, false, frame, at);
	if (deed_end_loan(me, loan, marks, at)) {
		if (!marks)
			deed_slot_give(me, slot);
		deed_leave_verb(me, frame, at);
		return;
	}
	/* Ended with its parent: fine, once. */
	word = deed_loan_word(row);
	if (word >> DEED_LOAN_SLOT_BITS == (loan >> DEED_LOAN_SLOT_BITS) + 1 &&
	    (word & DEED_LOAN_LAPSED)) {
		deed_leave_verb(me, frame, at);
		return;
	}
	if (word >> DEED_LOAN_SLOT_BITS == (loan >> DEED_LOAN_SLOT_BITS) + 1 &&
	    (word & DEED_LOAN_ORPHAN) && !(word & DEED_LOAN_BY_HAND)) {
		if (row->is_guard)
			__atomic_or_fetch(&row->word, DEED_LOAN_BY_HAND, __ATOMIC_ACQ_REL);
		else
			__atomic_and_fetch(&row->word, ~DEED_LOAN_ORPHAN, __ATOMIC_ACQ_REL);
		deed_leave_verb(me, frame, at);
		return;
	}
	deed_raise(me, deed_loan_ended(me, loan, DEED_E12, frame, at));
}

/* Whether a handle owns the cell of a live loan: not one that it has been moved out of, nor a copy
 * of an earlier life. A lent owner's generation does not change. */
static bool owns_cell(const struct deed_owner *source, uint32_t cell)
{
	const uint64_t handle = deed_handle_word(source);

	return deed_word_slot(handle) == cell &&
	       !deed_word_generation(handle ^ deed_cell_word(deed_cell_of_live(cell)));
}

/* The end of a plain, childless region loan of this thread. False: the slow way decides. */
static bool end_part_quickly(struct deed_thread *me, struct deed_loan *row, uint64_t loan,
			     const struct deed_owner *source, const struct deed_site *at)
{
	const uint64_t live = (loan & ~DEED_LOAN_SLOT_MASK) | DEED_LOAN_LIVE;
	const uint32_t cell_slot = deed_word_slot(deed_handle_word(source));
	struct deed_cell *cell;

	/* place: of this owner, and no loan's child; who: no guard, no whole-buffer loan, not raw
	 */
	if ((deed_loan_word(row) & ~DEED_LOAN_WRITES) != live || row->place != cell_slot ||
	    (row->who & ~DEED_WHO_IS_INOUT) != me->id || !owns_cell(source, cell_slot))
		return false;
	deed_shard_take(cell_slot);
	if ((deed_loan_word(row) & ~DEED_LOAN_WRITES) != live) {
		deed_shard_give(cell_slot);
		return false;
	}
	cell = deed_cell_of_live(cell_slot);
	row->end_site = at;
	row->ended_in = (uint32_t)deed_word_generation(deed_cell_word(cell));
	deed_list_take(&cell->regions, row);
	if (!cell->regions)
		__atomic_and_fetch(&cell->word, ~DEED_CELL_REGIONS, __ATOMIC_ACQ_REL);
	/* Of a region loan, only who holds the shard lock writes the word. */
	__atomic_store_n(&row->word,
			 ((loan & ~DEED_LOAN_SLOT_MASK) + ((uint64_t)1 << DEED_LOAN_SLOT_BITS)) |
				 DEED_LOAN_DIRTY,
			 __ATOMIC_RELEASE);
	deed_shard_give(cell_slot);
	deed_slot_give(me, deed_slot_of(row));
	return true;
}

/* The calling thread, inside the ledger, to end the loan; null if there is nothing to end, or it
 * was inside already. */
static inline struct deed_thread *enter_to_end(uint64_t loan, const void *frame,
					       const struct deed_site *at)
{
	struct deed_thread *me;

	if (loan == 0 || loan == DEED_LOAN_REFUSED)
		return NULL;
	me = deed_enter();
	if (me)
		deed_task_see(me, frame, at);
	else
		deed_reentered(at, frame);
	return me;
}

/* Everything but the quick end. */
static DEED_COLD void end_of_owner_slowly(const struct deed_owner *source, uint64_t loan,
					  const void *frame, const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	struct deed_loan *const row = deed_loan_at(slot);
	struct deed_thread *const me = enter_to_end(loan, frame, at);
	uint64_t word;

	if (!me)
		return;
	if (slot < deed_tables.loan_limit && !me->in_task &&
	    end_part_quickly(me, row, loan, source, at)) {
		deed_leave_verb(me, frame, at);
		return;
	}
	word = word_of(loan);
	if (word >> DEED_LOAN_SLOT_BITS < loan >> DEED_LOAN_SLOT_BITS) {
		deed_raise(me, deed_loan_ended(me, loan, DEED_E12, frame, at));
		return;
	}
	if (DEED_UNLIKELY(me->in_task || deed_word_task(word)) && is_refused(me, loan, frame, at))
		return;
	if (deed_word_is(word, loan) && (word & DEED_LOAN_LIVE) &&
	    (row->parent || row->is_raw || !owns_cell(source, row->cell))) {
		deed_raise(me, wrong_source(me, loan, frame, at));
		return;
	}
	end_by_hand(me, loan, frame, at);
}

_Static_assert(DEED_LOAN_WRITES == 2 && DEED_CELL_WRITER >> 26 == DEED_LOAN_WRITES,
	       "deed_trap_end_of_owner() makes one out of the other by shifts");

DEED_EXPORT void deed_trap_end_of_owner(const struct deed_owner *source, uint64_t loan,
					const void *frame, const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	struct deed_thread *const me = deed_self;
	const uint64_t next = (loan & ~DEED_LOAN_SLOT_MASK) + ((uint64_t)1 << DEED_LOAN_SLOT_BITS);
	struct deed_loan *row;
	uint64_t word, cell_word, handle, is_inout; /* is_inout: WRITES or 0 */
	struct deed_cell *cell;

	if (DEED_UNLIKELY(!me || me->inside || slot >= deed_tables.loan_limit)) {
		end_of_owner_slowly(source, loan, frame, at);
		return;
	}
	row = deed_loan_at(slot);
	word = __atomic_load_n(&row->word, __ATOMIC_RELAXED);
	is_inout = word - (loan & ~DEED_LOAN_SLOT_MASK) - DEED_LOAN_LIVE;
	handle = deed_handle_word(source);
	/* A plain whole-buffer loan of this owner, taken by this thread outside of all tasks. */
	if (DEED_UNLIKELY(is_inout & ~(uint64_t)DEED_LOAN_WRITES) ||
	    DEED_UNLIKELY(row->who - me->whole != is_inout << 31) ||
	    DEED_UNLIKELY(row->place != deed_word_slot(handle)) ||
	    DEED_UNLIKELY(next >> DEED_LOAN_SLOT_BITS == DEED_LOAN_GENERATION_MAX)) {
		end_of_owner_slowly(source, loan, frame, at);
		return;
	}
	me->inside = 1;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	row->end_site = at;
	cell = deed_cell_of_live(deed_word_slot(handle));
	cell_word = deed_cell_word(cell);
	row->ended_in = (uint32_t)deed_word_generation(cell_word);
	if (DEED_UNLIKELY(deed_word_generation(handle ^ cell_word)) ||
	    DEED_UNLIKELY(deed_slots_count(me) == DEED_SLOTS_MAX) ||
	    DEED_UNLIKELY(!__atomic_compare_exchange_n(&row->word, &word, next, false,
						       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))) {
		deed_leave(me);
		end_of_owner_slowly(source, loan, frame, at);
		return;
	}
	/* 1, or WRITER */
	__atomic_sub_fetch(&cell->word, 1 + (is_inout << 26) - (is_inout >> 1), __ATOMIC_RELEASE);
	me->slots[me->slots_tail % DEED_SLOTS_MAX] = row;
	me->slots_tail++;
	deed_leave(me);
}

DEED_EXPORT void deed_trap_end_of_loan(uint64_t source, uint64_t loan, const void *frame,
				       const struct deed_site *at)
{
	const struct deed_loan *const row = deed_loan_at(deed_loan_slot(loan));
	struct deed_thread *const me = enter_to_end(loan, frame, at);
	uint64_t word;

	if (!me)
		return;
	word = word_of(loan);
	if (DEED_UNLIKELY(me->in_task || deed_word_task(word)) && is_refused(me, loan, frame, at))
		return;
	if (deed_word_is(word, loan) && (word & DEED_LOAN_LIVE)) {
		/* A live child's parent is live. */
		if (row->parent != deed_loan_slot(source) || !deed_loan_is_live(source)) {
			deed_raise(me, wrong_source(me, loan, frame, at));
			return;
		}
	} else if (!word || word >> DEED_LOAN_SLOT_BITS < loan >> DEED_LOAN_SLOT_BITS) {
		deed_raise(me, deed_loan_ended(me, loan, DEED_E12, frame, at));
		return;
	}
	if (word >> DEED_LOAN_SLOT_BITS > (loan >> DEED_LOAN_SLOT_BITS) + 1 &&
	    !deed_loan_is_live(source)) {
		deed_leave(me); /* the row has gone; its parent's end may have ended it */
		return;
	}
	end_by_hand(me, loan, frame, at);
}
