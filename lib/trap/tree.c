/* SPDX-License-Identifier: MIT
 *
 * lib/trap/tree.c - the loan tree. The rule and the locking are at the head of tree.h.
 *
 *     cell.word     whole-buffer loans of the owner, counted, in no list
 *     cell.regions  other loans of the owner
 *     row.first_child  loans of a loan
 *
 * Lists are doubly linked through the rows, newest first, and belong to the shard lock. A
 * loan that has children says so in its word (CHILD), so that its end, and deed_at()
 * through it, come here; the CHILD bit is set by compare-and-swap against the quick end,
 * so that a loan never gets a child after it ended.
 *
 * Ends are never refused. The quick end of a whole-buffer loan claims its row first and
 * then takes it off the cell's word; between the two, a conflict may find the word say
 * "lent" and no row: it looks again.
 */
#include "tree.h"

#include "conflict.h"
#include "history.h"
#include "options.h"
#include "slots.h"
#include "stack.h"
#include "task.h"

/* ---- lists ---------------------------------------------------------------------------------- */

static uint32_t *list_of(const struct deed_loan *row)
{
	return row->parent ? &deed_loan_at(row->parent)->first_child
			   : &deed_cell_at(row->cell)->regions;
}

static void link_in(struct deed_loan *row, uint32_t slot)
{
	deed_list_put(list_of(row), row, slot);
}

static void link_out(const struct deed_loan *row)
{
	uint32_t *const head = list_of(row);

	deed_list_take(head, row);
	if (*head)
		return;
	if (row->parent)
		__atomic_and_fetch(&deed_loan_at(row->parent)->word, ~DEED_LOAN_CHILD,
				   __ATOMIC_ACQ_REL);
	else
		__atomic_and_fetch(&deed_cell_at(row->cell)->word, ~DEED_CELL_REGIONS,
				   __ATOMIC_ACQ_REL);
}

/* ---- admission ------------------------------------------------------------------------------ */

uint32_t deed_ask_stack(const struct deed_thread *me, const void *frame)
{
	return deed_options.loan_stacks ? deed_stack_keep(frame, me->stack_lo, me->stack_hi) : 0;
}

struct deed_scale deed_ask_scale(const struct deed_ask *ask)
{
	const struct deed_cell *const cell = deed_cell_at(ask->cell);
	struct deed_scale scale = { 0, cell->element_bytes ? cell->element_bytes : 1 };

	if (ask->parent)
		scale = deed_loan_scale(deed_loan_at(ask->parent));
	else if (cell->flags & DEED_CELL_COLUMNS)
		scale = (struct deed_scale){ ask->region.lo,
					     ask->is_raw ? 0 : ask->at->element_bytes };
	return scale;
}

void deed_ask_tell(struct deed_finding *finding, const struct deed_ask *ask)
{
	deed_finding_asks(finding, ask->is_inout, ask->region, deed_ask_scale(ask));
	if (ask->raw_bytes)
		deed_finding_asks_by_address(finding,
					     (uintptr_t)deed_cell_at(ask->cell)->base +
						     ask->region.lo - ask->raw_lo,
					     ask->region.width, ask->raw_bytes);
}

void deed_loan_fill(struct deed_thread *me, struct deed_loan *row, const struct deed_ask *ask)
{
	row->site = ask->at;
	row->frame = (uintptr_t)ask->frame;
	row->lo = ask->region.lo;
	row->width = ask->region.width;
	row->pitch = ask->region.pitch;
	row->rows = ask->region.rows;
	deed_loan_set_place(row, ask->cell | (uint64_t)ask->parent << 32);
	deed_loan_set_who(row, me->id | (uint64_t)ask->is_inout << 32 |
				       (uint64_t)ask->is_guard << 33 | (uint64_t)ask->is_raw << 35 |
				       (uint64_t)ask->is_arenas << 36 |
				       (ask->is_share ? DEED_WHO_IS_SHARE : 0) |
				       DEED_WHO_TASK(ask->is_arenas ? 0 : me->in_task));
	row->sequence = me->loans_taken++;
	row->first_child = 0;
	row->next_piece = 0;
	row->group = ask->group;
	row->stack = ask->stack;
	if (ask->is_guard) {
		row->next_guard = me->guards;
		me->guards = deed_slot_of(row);
	}
}

static void make_live(struct deed_loan *row)
{
	if (DEED_UNLIKELY(row->task))
		deed_self->task_live++;
	__atomic_store_n(&row->word, deed_live_word(row->word, row->is_inout, row->task),
			 __ATOMIC_RELEASE);
}

static uint32_t record_one(struct deed_thread *me, const struct deed_ask *ask)
{
	const uint32_t slot = deed_slot_take(me);
	struct deed_loan *const row = deed_loan_at(slot);

	deed_loan_fill(me, row, ask);
	if (ask->is_share)
		row->first_run = slot;
	link_in(row, slot);
	make_live(row);
	return slot;
}

/* A row for each of the runs. */
static uint32_t record_runs(struct deed_thread *me, const struct deed_ask *ask)
{
	struct deed_ask run = *ask;
	uint32_t first = 0, last = 0;

	for (size_t i = 0; i < ask->run_count; i++) {
		uint32_t slot;

		run.region = deed_ask_run(ask, i);
		slot = record_one(me, &run);
		first = first ? first : slot;
		deed_loan_at(slot)->first_run = first;
		if (last)
			deed_loan_at(last)->next_piece = slot;
		last = slot;
	}
	return first;
}

static uint64_t record(struct deed_thread *me, const struct deed_ask *ask)
{
	const uint32_t slot =
		DEED_UNLIKELY(ask->run_count) ? record_runs(me, ask) : record_one(me, ask);

	return deed_loan_id(deed_loan_at(slot), slot);
}

/* Whether another part has had these bytes of the owner: E19, whether that loan lives or not. */
static bool is_had_by_another(struct deed_thread *me, const struct deed_ask *ask,
			      struct deed_finding **ret_finding)
{
	struct deed_act act;

	if (ask->parent || ask->is_unnoted || !deed_is_in_team(me))
		return false;
	if (ask->run_count && deed_would_conflict_above(me, ask))
		return false;
	act = (struct deed_act){ .at = ask->at,
				 .frame = ask->frame,
				 .cell = ask->cell,
				 .role = ask->is_inout ? DEED_ROLE_LENT_INOUT
						       : DEED_ROLE_LENT_BORROWED,
				 .region = ask->region,
				 .scale = deed_ask_scale(ask) };
	if (!ask->run_count)
		*ret_finding = deed_history_note(me, &act);
	for (size_t i = 0; i < ask->run_count && !*ret_finding; i++) {
		act.region = deed_ask_run(ask, i);
		*ret_finding = deed_history_note(me, &act);
	}
	if (*ret_finding && ask->raw_bytes)
		deed_ask_tell(*ret_finding, ask);
	return *ret_finding;
}

uint64_t deed_admit(struct deed_thread *me, const struct deed_ask *ask,
		    struct deed_finding **ret_finding)
{
	struct deed_cell *const cell = deed_cell_at(ask->cell);
	uint64_t loan = 0;

	if (is_had_by_another(me, ask, ret_finding))
		return 0;
	if (ask->parent) {
		if (deed_would_conflict(ask))
			*ret_finding = deed_conflict(me, ask);
		else
			loan = record(me, ask);
		return loan;
	}
	/* REGIONS at once: if the loan is refused, there is a loan in the list, or there is none
	 * and the bit goes again with LOCK. */
	__atomic_or_fetch(&cell->word, DEED_CELL_LOCK | DEED_CELL_REGIONS, __ATOMIC_ACQ_REL);
	if (deed_would_conflict(ask))
		*ret_finding = deed_conflict(me, ask);
	else
		loan = record(me, ask);
	__atomic_and_fetch(&cell->word,
			   cell->regions ? ~DEED_CELL_LOCK : ~(DEED_CELL_LOCK | DEED_CELL_REGIONS),
			   __ATOMIC_RELEASE);
	return loan;
}

uint64_t deed_admit_whole(struct deed_thread *me, const struct deed_ask *ask,
			  struct deed_finding **ret_finding)
{
	struct deed_cell *const cell = deed_cell_at(ask->cell);
	uint64_t loan = 0;

	if (is_had_by_another(me, ask, ret_finding))
		return 0;
	__atomic_or_fetch(&cell->word, DEED_CELL_LOCK, __ATOMIC_ACQ_REL);
	if (deed_would_conflict(ask)) {
		if (ret_finding)
			*ret_finding = deed_conflict(me, ask);
	} else {
		const uint32_t slot = deed_slot_take(me);
		struct deed_loan *const row = deed_loan_at(slot);

		deed_loan_fill(me, row, ask);
		deed_loan_set_who(row, row->who | DEED_WHO_IS_WHOLE);
		__atomic_add_fetch(&cell->word, ask->is_inout ? DEED_CELL_WRITER : 1,
				   __ATOMIC_ACQ_REL);
		make_live(row);
		loan = deed_loan_id(row, slot);
	}
	__atomic_and_fetch(&cell->word, ~DEED_CELL_LOCK, __ATOMIC_RELEASE);
	return loan;
}

/* ---- ends ----------------------------------------------------------------------------------- */

/* Claims a live row: the next generation, with `flags`. False if it is not live as `loan`. */
static bool claim(struct deed_thread *me, struct deed_loan *row, uint64_t loan, uint64_t flags)
{
	uint64_t word = deed_loan_word(row);

	while (deed_word_is(word, loan) && (word & DEED_LOAN_LIVE)) {
		const uint64_t next =
			(word & ~DEED_LOAN_SLOT_MASK) + ((uint64_t)1 << DEED_LOAN_SLOT_BITS);

		if (__atomic_compare_exchange_n(&row->word, &word, next | flags, false,
						__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
			if (DEED_UNLIKELY(me->in_task) && deed_word_task(word) == me->in_task &&
			    !row->is_part)
				me->task_live--;
			return true;
		}
	}
	return false;
}

uint32_t deed_parts_next(uint32_t share, uint32_t from)
{
	const uint32_t made = deed_loans_made();

	for (uint32_t slot = from; slot < made; slot++) {
		const struct deed_loan *const row = deed_loan_at(slot);

		if ((deed_loan_word(row) & DEED_LOAN_LIVE) && row->is_part && row->parent == share)
			return slot;
	}
	return 0;
}

/* A share has ended with its source, while parts of it may be at work, whose tasks give the slots
 * back. */
static void end_parts(struct deed_thread *me, uint32_t share, const struct deed_site *at)
{
	for (uint32_t slot = deed_parts_next(share, 1); slot; slot = deed_parts_next(share, slot))
		(void)deed_end_tree(me, slot, deed_loan_id(deed_loan_at(slot), slot), 0, at);
}

/* Ends everything below `top`, deepest first, without recursion: down to a leaf, end it, up. */
static void end_children(struct deed_thread *me, uint32_t top, const struct deed_site *at)
{
	uint32_t slot = top;

	for (;;) {
		struct deed_loan *const row = deed_loan_at(slot);

		if (row->first_child) {
			slot = row->first_child;
			continue;
		}
		if (slot == top)
			return;
		slot = row->parent;
		link_out(row);
		deed_loan_note_end(me, row, at);
		(void)claim(me, row, deed_loan_word(row), DEED_LOAN_ORPHAN | DEED_LOAN_DIRTY);
		if (row->is_share && row->first_run == deed_slot_of(row))
			end_parts(me, deed_slot_of(row), at);
		if (!row->is_guard) /* a guard's own end comes for certain, or E14 does */
			deed_orphan_keep(deed_slot_of(row));
	}
}

bool deed_end_tree(struct deed_thread *me, uint32_t slot, uint64_t loan, uint64_t marks,
		   const struct deed_site *at)
{
	struct deed_loan *const row = deed_loan_at(slot);
	const uint64_t word = deed_loan_word(row);

	if (!deed_word_is(word, loan) || !(word & DEED_LOAN_LIVE))
		return false;
	if (word & DEED_LOAN_CHILD)
		end_children(me, slot, at);
	if (row->is_whole) {
		const uint64_t count = row->is_inout ? DEED_CELL_WRITER : 1;
		struct deed_cell *const cell = deed_cell_at(row->cell);

		deed_loan_note_end(me, row, at);
		/* Only here may another thread be first: the quick end takes no lock. */
		if (!claim(me, row, loan, marks | DEED_LOAN_DIRTY))
			return false;
		__atomic_sub_fetch(&cell->word, count, __ATOMIC_RELEASE);
		return true;
	}
	if (!row->is_part)
		link_out(row);
	if (row->is_part && row->thread != me->id)
		row->end_site = at; /* no more: its thread may be at its next part by now */
	else
		deed_loan_note_end(me, row, at);
	return claim(me, row, loan, marks | DEED_LOAN_DIRTY);
}
