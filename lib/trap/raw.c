/* SPDX-License-Identifier: MIT
 *
 * lib/trap/raw.c - DEED_LEND: loans of bytes, whatever they are part of.
 *
 * A raw lend finds the buffers that its bytes meet (meeting.h) and becomes one of these:
 *
 *     a child     of the innermost loan that this thread holds, from another invocation,
 *                 over all of the bytes: a caller holds, its callee lends its argument. In
 *                 a task: that it holds, or for it who waits for it, whose loans it may lend
 *                 on to read
 *     a root      of the one buffer that holds all of the bytes
 *     a raw cell  of its own, for bytes that no buffer holds, with a loan over all of it;
 *                 and where known buffers meet the bytes, a *piece*: a loan of each, so that
 *                 loans through their handles see it. Pieces hang off the main loan's row
 *                 and end with it.
 *
 * Bytes of a buffer that has ended, which are in quarantine, or of an arena and nobody's, are not
 * lent: that is E04 or E21.
 *
 * Same invocation means restrict: two lends in one run of one function are siblings, and
 * conflict where they overlap. It is the same function (the name in the site, which
 * inlining does not change) in the same frame, and in the same *group*: when a site of the
 * group lends again while its earlier lend lives, the function has been inlined into itself,
 * and a new group begins. A group is named by the sequence number at which it began.
 *
 * One lock makes raw lends and adoptions atomic among each other; loans through handles are
 * kept out by the shard lock and the LOCK bit, cell by cell, as always.
 */
#include "raw.h"

#include "../lock.h"
#include "chunks.h"
#include "conflict.h"
#include "history.h"
#include "meeting.h"
#include "near.h"
#include "options.h"
#include "shard.h"
#include "slots.h"
#include "stack.h"
#include "story.h"
#include "task.h"
#include "tree.h"
#include "unfit.h"
#include "where.h"

static struct deed_lock raw_lock;

void deed_raw_lock(void)
{
	deed_lock_take(&raw_lock);
}

void deed_raw_unlock(void)
{
	deed_lock_give(&raw_lock);
}

/* ---- invocations ---------------------------------------------------------------------------- */

static bool is_same_invocation(const struct deed_loan *row, const struct deed_ask *ask)
{
	/* None: another thread has ended the loan, and the row is being filled in anew. */
	const struct deed_site *const at = __atomic_load_n(&row->site, __ATOMIC_RELAXED);

	if (!at || row->frame != (uintptr_t)ask->frame || at->function != ask->at->function)
		return false;
	return row->is_guard ? row->group == ask->group : row->sequence + 1 >= ask->group;
}

/* ---- who holds them ------------------------------------------------------------------------- */

/* Of two loans that are held here. Those of who waits for the task, and of another thread, have
 * numbers of their own, and were taken before. */
static bool is_later(const struct deed_thread *me, const struct deed_loan *row,
		     const struct deed_loan *other)
{
	return row->thread == other->thread ? row->sequence > other->sequence
					    : row->thread == me->id;
}

/* The innermost loan, held here and of another invocation, of `cell` over all of the bytes:
 * of those that hold the region, the one that holds least, and the latest of equals. 0 if none. No
 * piece: the lend that it is of holds the bytes, too, and has all of its children. An arena is
 * given a block by the invocation that has lent it, too. */
static uint32_t innermost(const struct deed_thread *me, const struct deed_ask *ask)
{
	const uint32_t made = deed_loans_made();
	size_t least = SIZE_MAX;
	uint32_t best = 0;

	if (!(deed_cell_word(deed_cell_at(ask->cell)) & DEED_CELL_LENT))
		return 0;
	for (uint32_t slot = 1; slot < made; slot++) {
		const struct deed_loan *const row = deed_loan_at(slot);
		struct deed_look look;
		size_t bytes;

		/* The thread's own loans of this cell do not change under its lock, nor while it is
		 * in a task those of who waits for that. */
		if (!deed_loan_look(slot, &look) || look.cell != ask->cell ||
		    !deed_task_holds(me, look.task, look.thread) || deed_loan_is_piece(row) ||
		    row->is_share || (!ask->is_arenas && is_same_invocation(row, ask)) ||
		    !deed_region_holds(deed_loan_region(row), ask->region))
			continue;
		bytes = deed_loan_region(row).width * row->rows;
		if (!best || bytes < least ||
		    (bytes == least && is_later(me, row, deed_loan_at(best)))) {
			best = slot;
			least = bytes;
		}
	}
	return best;
}

/* The latest loan that the task has in this invocation of some of the bytes, where both may not be:
 * its sibling, though it may be a part of what who waits has shared out, and so be in no list of
 * siblings. 0 if there is none. */
static uint32_t own_in_the_way(const struct deed_thread *me, const struct deed_ask *ask)
{
	const uint32_t made = deed_loans_made();
	uint32_t best = 0;

	for (uint32_t slot = 1; slot < made && me->in_task; slot++) {
		const struct deed_loan *const row = deed_loan_at(slot);
		struct deed_look look;

		if (deed_loan_look(slot, &look) && look.cell == ask->cell &&
		    look.task == me->in_task && (ask->is_inout || look.is_inout) &&
		    is_same_invocation(row, ask) &&
		    deed_region_meets(deed_loan_region(row), ask->region) &&
		    (!best || is_later(me, row, deed_loan_at(best))))
			best = slot;
	}
	return best;
}

/* ---- lending -------------------------------------------------------------------------------- */

static struct deed_finding *is_not_ours(struct deed_thread *me, const struct deed_ask *ask)
{
	struct deed_finding *const finding =
		deed_loan_is_not_ours(me, ask->parent, "lent on inout", ask->frame, ask->at);

	deed_ask_tell(finding, ask);
	return finding;
}

/* Of the one buffer that holds all of the bytes. Under the shard lock. */
static uint64_t lend_root(struct deed_thread *me, const struct deed_ask *ask,
			  struct deed_finding **ret_finding)
{
	const uint32_t own = own_in_the_way(me, ask);

	if (!own || !deed_loan_at(own)->is_part)
		return deed_admit(me, ask, ret_finding);
	*ret_finding = deed_conflict_with(me, ask, own);
	return 0;
}

/* A child of the loan in `parent`; sets *ret_finding if that cannot be. Under the shard lock. */
static uint64_t lend_child(struct deed_thread *me, struct deed_ask *ask, uint32_t parent,
			   struct deed_finding **ret_finding)
{
	struct deed_loan *const row = deed_loan_at(parent);
	uint64_t loan;

	ask->parent = parent;
	if (ask->is_inout && !row->is_inout) {
		const struct deed_plain name = deed_plain(ask->at->text);

		*ret_finding = deed_finding_begin(me, DEED_E10, ask->at, ask->frame);
		deed_finding_cell(*ret_finding, ask->cell);
		deed_finding_loan(*ret_finding, parent);
		if (deed_cell_at(ask->cell)->kind != DEED_KIND_RAW)
			deed_finding_event(*ret_finding, ask->cell, 0, DEED_ROLE_ALLOCATED);
		deed_finding_say(*ret_finding,
				 "`%s` is lent for writing, but the caller holds it read only",
				 name.text);
		return 0;
	}
	if (!deed_whose_may(deed_task_whose(me, row->task), row->is_inout, ask->is_inout)) {
		const uint32_t own = own_in_the_way(me, ask);

		*ret_finding = own ? deed_conflict_with(me, ask, own) : is_not_ours(me, ask);
		return 0;
	}
	/* Who holds the loan is here, or waits: it cannot end meanwhile. */
	(void)deed_parent_mark(row, deed_loan_id(row, parent));
	loan = deed_admit(me, ask, ret_finding);
	deed_parent_unmark(row);
	return loan;
}

/* One cell holds all of the bytes: a child or a root of it. True if that decided the lend, or the
 * meeting is stale. */
static bool lend_inside(struct deed_thread *me, struct deed_ask *ask, struct deed_meeting *meeting,
			uint64_t *ret_loan, struct deed_finding **ret_finding)
{
	for (size_t i = 0; i < meeting->count; i++) {
		const struct deed_cell *const cell = deed_cell_at(meeting->cells[i]);
		uint32_t parent = 0;

		if (!deed_meeting_is_in(meeting, cell))
			continue;
		ask->cell = meeting->cells[i];
		deed_shard_take(ask->cell);
		ask->region = deed_meeting_region(meeting, cell);
		if (deed_meeting_has(meeting, cell))
			parent = innermost(me, ask);
		if (parent)
			*ret_loan = lend_child(me, ask, parent, ret_finding);
		deed_shard_give(ask->cell);
		if (parent || meeting->is_stale)
			return true;
	}
	for (size_t i = 0; i < meeting->count; i++) {
		const struct deed_cell *const cell = deed_cell_at(meeting->cells[i]);

		if (!deed_meeting_is_in(meeting, cell) || cell->kind == DEED_KIND_RAW)
			continue;
		if (meeting->count > 1)
			return false; /* others meet it too: pieces */
		ask->cell = meeting->cells[i];
		ask->parent = 0;
		deed_shard_take(ask->cell);
		ask->region = deed_meeting_region(meeting, cell);
		if (deed_meeting_has(meeting, cell))
			*ret_loan = lend_root(me, ask, ret_finding);
		deed_shard_give(ask->cell);
		return true;
	}
	return false;
}

/* A cell for bytes lent by address alone. 0 if there is no memory for its row. */
static uint32_t make_raw_cell(const struct deed_thread *me, const struct deed_meeting *meeting,
			      const struct deed_ask *ask)
{
	uint32_t slot;
	struct deed_cell *const cell = deed_cell_take(DEED_KIND_RAW, 0, &slot);

	if (!cell)
		deed_ledger_stops("no row for memory that is lent");
	deed_shard_take(slot);
	cell->base = (void *)meeting->lo;
	cell->element_bytes = (uint32_t)ask->at->element_bytes;
	cell->count = (meeting->hi - meeting->lo) / ask->at->element_bytes;
	cell->home = NULL;
	cell->name = ask->at->text;
	cell->align_log2 = (uint8_t)deed_min((size_t)__builtin_ctzl(meeting->lo), 12);
	cell->is_live = 1;
	deed_cell_event(cell, DEED_ROLE_ADOPTED, ask->at, 0,
			deed_word_generation(deed_cell_word(cell)), me->id);
	deed_shard_give(slot);
	return slot;
}

static void end_raw_cell(uint32_t slot)
{
	struct deed_cell *const cell = deed_cell_at(slot);

	deed_near_take(cell, slot);
	deed_shard_take(slot);
	cell->is_live = 0;
	(void)deed_cell_bump(cell);
	deed_shard_give(slot);
	deed_cell_give(cell, slot);
}

/* Ends the chain of pieces that begins at `slot`, rows and all. */
static void end_pieces(struct deed_thread *me, uint32_t slot, const struct deed_site *at)
{
	while (slot) {
		struct deed_loan *const row = deed_loan_at(slot);
		const uint32_t next = row->next_piece;
		const uint32_t cell = row->cell;

		deed_shard_take(cell);
		(void)deed_end_tree(me, slot, deed_loan_id(row, slot), 0, at);
		deed_shard_give(cell);
		deed_slot_give(me, slot);
		slot = next;
	}
}

/* A piece of a raw lend in a known cell. */
static uint64_t lend_piece(struct deed_thread *me, const struct deed_ask *main,
			   struct deed_meeting *meeting, uint32_t cell,
			   struct deed_finding **ret_finding)
{
	struct deed_ask piece = *main;
	uint64_t loan = 0;

	piece.cell = cell;
	piece.parent = 0;
	piece.is_guard = false;
	deed_shard_take(cell);
	piece.region = deed_meeting_region(meeting, deed_cell_at(cell));
	if (deed_cell_at(cell)->kind == DEED_KIND_RAW) {
		/* Raw cells are compared among each other, not lent from. */
		if (deed_would_conflict(&piece))
			(void)deed_admit(me, &piece, ret_finding);
	} else if (deed_meeting_has(meeting, deed_cell_at(cell))) {
		loan = deed_admit(me, &piece, ret_finding);
	}
	deed_shard_give(cell);
	return loan;
}

/* E19 of bytes that may be of no buffer: another part has lent them. */
static struct deed_finding *had_by_another(struct deed_thread *me, const struct deed_ask *ask,
					   const struct deed_meeting *meeting)
{
	const struct deed_act act = { .at = ask->at,
				      .frame = ask->frame,
				      .role = ask->is_inout ? DEED_ROLE_LENT_INOUT
							    : DEED_ROLE_LENT_BORROWED,
				      .region = { meeting->lo, meeting->hi - meeting->lo, 0, 1 },
				      .scale = { meeting->lo, ask->at->element_bytes } };

	return !ask->is_unnoted && deed_is_in_team(me)
		       ? deed_history_note_bytes(me, &act, ask->is_static)
		       : NULL;
}

/* Whether who waits for the task has lent some of the bytes, by whatever way. */
static bool is_lent_above(const struct deed_thread *me, const struct deed_ask *ask,
			  struct deed_meeting *meeting)
{
	struct deed_ask piece = *ask;
	bool is_lent = false;

	piece.parent = 0;
	for (size_t i = 0; i < meeting->count && !is_lent && deed_is_in_team(me); i++) {
		piece.cell = meeting->cells[i];
		deed_shard_take(piece.cell);
		piece.region = deed_meeting_region(meeting, deed_cell_at(piece.cell));
		is_lent = deed_meeting_has(meeting, deed_cell_at(piece.cell)) &&
			  deed_would_conflict_above(me, &piece);
		deed_shard_give(piece.cell);
	}
	return is_lent;
}

/* 0 of a stale meeting, too. */
static uint64_t lend_by_pieces(struct deed_thread *me, struct deed_ask *ask,
			       struct deed_meeting *meeting, struct deed_finding **ret_finding)
{
	uint32_t pieces = 0;
	uint32_t slot;
	uint64_t loan;

	if (!is_lent_above(me, ask, meeting))
		*ret_finding = had_by_another(me, ask, meeting);
	for (size_t i = 0; i < meeting->count && !*ret_finding && !meeting->is_stale; i++) {
		loan = lend_piece(me, ask, meeting, meeting->cells[i], ret_finding);
		if (loan) {
			slot = deed_loan_slot(loan);
			deed_loan_at(slot)->next_piece = pieces;
			pieces = slot;
		}
	}
	if (*ret_finding || meeting->is_stale) {
		end_pieces(me, pieces, ask->at);
		return 0;
	}
	ask->cell = make_raw_cell(me, meeting, ask);
	ask->parent = 0;
	ask->region = (struct deed_region){ 0, meeting->hi - meeting->lo, 0, 1 };
	deed_shard_take(ask->cell);
	loan = deed_admit(me, ask, ret_finding);
	deed_loan_at(deed_loan_slot(loan))->next_piece = pieces;
	deed_shard_give(ask->cell);
	deed_near_put(deed_cell_at(ask->cell), ask->cell);
	return loan;
}

/* The buffer, now ended, whose memory the bytes are of, if that is nobody else's since; or 0. What
 * was released is the program's, in an arena, too.
 */
static uint32_t whose_was(const struct deed_meeting *meeting)
{
	uint32_t slot = meeting->held;

	if (!slot && !meeting->count && deed_chunks_have(meeting->lo))
		slot = deed_where_in_arenas(meeting->lo, 0).slot;
	return slot;
}

static struct deed_finding *is_gone(struct deed_thread *me, const struct deed_ask *ask,
				    const struct deed_meeting *meeting)
{
	const uint32_t slot = whose_was(meeting);
	const struct deed_cell *const cell = deed_cell_at(slot);
	struct deed_finding *finding = NULL;
	uintptr_t base;
	int last;

	if (!slot)
		return NULL;
	deed_shard_take(slot);
	base = (uintptr_t)cell->base;
	last = deed_cell_event_back(cell, 0);
	/* Else its row is another one's by now. */
	if (!cell->is_live && meeting->lo < base + deed_cell_bytes(cell) && base < meeting->hi &&
	    last > 0 && deed_event_role(cell, last) != DEED_ROLE_RELEASED)
		finding = deed_owner_is_gone(me, slot, ask->frame, ask->at);
	deed_shard_give(slot);
	return finding;
}

uint64_t deed_raw_lend(struct deed_thread *me, struct deed_ask *ask, const void *data, size_t bytes,
		       struct deed_finding **ret_finding)
{
	struct deed_meeting meeting;
	uint64_t loan = 0;

	ask->is_raw = true;
	ask->raw_lo = (uintptr_t)data;
	ask->raw_bytes = bytes;
	deed_raw_lock();
	do {
		deed_meeting_begin(&meeting, (uintptr_t)data, (uintptr_t)data + bytes);
		*ret_finding = is_gone(me, ask, &meeting);
		ask->is_gone = *ret_finding != NULL;
		if (!ask->is_gone && !lend_inside(me, ask, &meeting, &loan, ret_finding))
			loan = lend_by_pieces(me, ask, &meeting, ret_finding);
		deed_meeting_end(&meeting);
	} while (meeting.is_stale);
	deed_raw_unlock();
	return loan;
}

/* ---- ending --------------------------------------------------------------------------------- */

void deed_raw_end_rest(struct deed_thread *me, struct deed_loan *row, const struct deed_site *at)
{
	struct deed_cell *const cell = deed_cell_at(row->cell);

	end_pieces(me, row->next_piece, at);
	row->next_piece = 0;
	if (cell->kind == DEED_KIND_RAW && cell->is_live && !row->parent)
		end_raw_cell(row->cell);
}

/* A piece that another thread has made is of who made the lend. */
static void hand_piece_over(struct deed_loan *piece, const struct deed_loan *main)
{
	const uint64_t task = DEED_WHO_TASK(DEED_TASKS_MAX);

	deed_loan_set_who(piece,
			  (piece->who & ~(UINT32_MAX | task)) | main->thread | (main->who & task));
	__atomic_store_n(&piece->word, deed_live_word(piece->word, piece->is_inout, main->task),
			 __ATOMIC_RELEASE);
}

void deed_raw_meet_new_cell(struct deed_thread *me, uint32_t new_cell)
{
	const struct deed_cell *const cell = deed_cell_at(new_cell);
	struct deed_meeting meeting;

	deed_meeting_begin(&meeting, (uintptr_t)cell->base,
			   (uintptr_t)cell->base + deed_cell_bytes(cell));
	for (size_t i = 0; i < meeting.count; i++) {
		const struct deed_cell *const raw = deed_cell_at(meeting.cells[i]);
		struct deed_finding *finding = NULL;
		struct deed_meeting lent;
		uint32_t main_slot;
		uint64_t loan;

		if (raw->kind != DEED_KIND_RAW || !raw->regions)
			continue;
		main_slot = raw->regions;
		lent.lo = (uintptr_t)raw->base;
		lent.hi = lent.lo + deed_cell_bytes(raw);
		lent.is_stale = false;
		{
			const struct deed_loan *const main = deed_loan_at(main_slot);
			const struct deed_ask ask = { .at = main->site,
						      .frame = (const void *)main->frame,
						      .is_inout = main->is_inout,
						      .is_raw = true,
						      .is_arenas = main->is_arenas,
						      .is_unnoted = true,
						      .cell = new_cell };

			loan = lend_piece(me, &ask, &lent, new_cell, &finding);
		}
		if (loan) {
			struct deed_loan *const piece = deed_loan_at(deed_loan_slot(loan));

			hand_piece_over(piece, deed_loan_at(main_slot));
			piece->next_piece = deed_loan_at(main_slot)->next_piece;
			deed_loan_at(main_slot)->next_piece = deed_loan_slot(loan);
		}
	}
	deed_meeting_end(&meeting);
}
