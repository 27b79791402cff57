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

#include <sched.h>
#include <string.h>

#include "../os.h"
#include "history.h"
#include "hot_region.h"
#include "options.h"
#include "stack.h"
#include "task.h"

struct deed_shard deed_shards[DEED_SHARDS];

/* The cell is written while the lock is held, and read by who finds it held: relaxed, for an order
 * that ThreadSanitizer sees would hide races of the program.
 */
void deed_shard_take_among(uint32_t cell)
{
	struct deed_shard *const shard = &deed_shards[cell % DEED_SHARDS];
	const bool waits = __atomic_load_n(&shard->lock.word, __ATOMIC_RELAXED) &&
			   __atomic_load_n(&shard->cell, __ATOMIC_RELAXED) == cell;

	deed_lock_take(&shard->lock);
	__atomic_store_n(&shard->cell, cell, __ATOMIC_RELAXED);
	if (DEED_UNLIKELY(waits))
		deed_hot_wait();
}

void deed_shard_give_among(uint32_t cell)
{
	struct deed_shard *const shard = &deed_shards[cell % DEED_SHARDS];

	__atomic_store_n(&shard->cell, 0, __ATOMIC_RELAXED);
	deed_lock_give(&shard->lock);
}

void deed_shards_take(void)
{
	for (unsigned i = 0; i < DEED_SHARDS; i++)
		deed_lock_take(&deed_shards[i].lock);
}

void deed_shards_give(void)
{
	for (unsigned i = 0; i < DEED_SHARDS; i++)
		deed_lock_give(&deed_shards[i].lock);
}

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

/* Ranges, which most regions are, are compared here and now; tiles by region.c. No row in a list is
 * a whole-buffer loan. */
static inline bool meets(const struct deed_loan *row, struct deed_region region, size_t hi)
{
	if (DEED_LIKELY(row->rows == 1 && region.rows == 1))
		return row->lo < hi && region.lo < row->lo + row->width;
	return deed_region_meets(deed_loan_region(row), region);
}

uint32_t deed_child_in_the_way(uint32_t first, struct deed_region region, bool writing)
{
	const size_t hi = deed_region_hi(region);

	for (uint32_t slot = first; slot;) {
		const struct deed_loan *const row = deed_loan_at(slot);

		if (meets(row, region, hi) && (writing || row->is_inout))
			return slot;
		slot = row->next;
	}
	return 0;
}

/* ---- admission ------------------------------------------------------------------------------ */

uint32_t deed_ask_stack(const struct deed_thread *me, const void *frame)
{
	return deed_options.loan_stacks ? deed_stack_keep(frame, me->stack_lo, me->stack_hi) : 0;
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

static bool whole_conflicts(uint64_t word, bool is_inout)
{
	return (word & DEED_CELL_WRITER) || (is_inout && (word & DEED_CELL_READERS));
}

/* How many whole-buffer loans the word counts, and how many rows of them are found live. */
static size_t counted(uint64_t word)
{
	return (size_t)(word & DEED_CELL_READERS) + !!(word & DEED_CELL_WRITER);
}

static bool is_whole_of(uint32_t slot, uint32_t cell, struct deed_look *ret)
{
	return deed_loan_look(slot, ret) && ret->cell == cell && ret->is_whole;
}

/* Waits until every whole-buffer loan that the word counts can be seen in the table. Its beginner
 * sets the word first and its row live a few instructions later; LOCK keeps new ones out. */
static void see_every_whole(uint32_t cell_slot)
{
	const struct deed_cell *const cell = deed_cell_at(cell_slot);

	for (int attempt = 0; attempt < 1000; attempt++) {
		const uint32_t made = deed_loans_made();
		struct deed_look look;
		size_t seen = 0;

		for (uint32_t slot = 1; slot < made; slot++)
			seen += is_whole_of(slot, cell_slot, &look);
		if (seen >= counted(deed_cell_word(cell)))
			return;
		sched_yield();
	}
}

/* Whether a share is of the loan in `slot`, or of one that was lent of that, and has some of what
 * is asked for. */
static bool is_shared_of(uint32_t share, uint32_t slot, struct deed_region region)
{
	uint32_t above = deed_loan_at(share)->parent;
	bool meets = false;

	while (above && above != slot)
		above = deed_loan_at(above)->parent;
	for (; above && share && !meets; share = deed_loan_at(share)->next_piece)
		meets = deed_region_meets(deed_loan_region(deed_loan_at(share)), region);
	return meets;
}

/* A loan in the way. Where it is shared out to the part that asks, the share stands
 * for it: that is what the part is to take of. */
static void add_holder(struct deed_thread *me, struct deed_finding *finding,
		       const struct deed_ask *ask, uint32_t slot, uint64_t loan)
{
	const struct deed_plan *const plan = me->task ? me->task->plan : NULL;

	for (uint32_t i = 0; plan && !ask->parent && i < plan->share_count; i++) {
		const uint64_t lent = plan->shares[i].lent;
		const uint32_t share = deed_loan_slot(lent);

		if (lent && lent != DEED_LOAN_REFUSED &&
		    deed_word_is(deed_loan_word(deed_loan_at(share)), lent) &&
		    is_shared_of(share, slot, ask->region))
			loan = lent;
	}
	(void)deed_finding_holder(finding, loan);
}

/* Adds the whole-buffer loans in the way. */
static void add_wholes(struct deed_thread *me, struct deed_finding *finding,
		       const struct deed_ask *ask)
{
	const uint32_t made = deed_loans_made();
	struct deed_look look;

	see_every_whole(ask->cell);
	for (uint32_t slot = 1; slot < made; slot++)
		if (is_whole_of(slot, ask->cell, &look) && (ask->is_inout || look.is_inout))
			add_holder(me, finding, ask, slot, look.loan);
}

static uint32_t first_sibling(const struct deed_ask *ask)
{
	return ask->parent ? deed_loan_at(ask->parent)->first_child
			   : deed_cell_at(ask->cell)->regions;
}

static struct deed_region run_of(const struct deed_ask *ask, size_t i)
{
	const struct deed_range run = ask->runs[i];

	return (struct deed_region){ run.lo, run.hi - run.lo, 0, 1 };
}

/* The first sibling, of those from `slot` on, that has bytes that are asked for, and would keep
 * them. */
static uint32_t sibling_in_the_way(const struct deed_ask *ask, uint32_t slot)
{
	uint32_t found = 0;

	if (!ask->run_count)
		return deed_child_in_the_way(slot, ask->region, ask->is_inout);
	for (; slot && !found; slot = deed_loan_at(slot)->next) {
		const struct deed_loan *const row = deed_loan_at(slot);

		for (size_t i = 0; i < ask->run_count && !found; i++)
			if ((ask->is_inout || row->is_inout) &&
			    deed_region_meets(deed_loan_region(row), run_of(ask, i)))
				found = slot;
	}
	return found;
}

static bool siblings_conflict(const struct deed_ask *ask)
{
	return sibling_in_the_way(ask, first_sibling(ask));
}

bool deed_would_conflict(const struct deed_ask *ask)
{
	return siblings_conflict(ask) ||
	       (!ask->parent &&
		whole_conflicts(deed_cell_word(deed_cell_at(ask->cell)), ask->is_inout));
}

static bool is_above(const struct deed_thread *me, uint32_t number)
{
	const enum deed_whose whose = deed_task_whose(me, number);

	return whose == DEED_WHOSE_ABOVE || whose == DEED_WHOSE_BEFORE;
}

bool deed_would_conflict_above(const struct deed_thread *me, const struct deed_ask *ask)
{
	const uint64_t word = deed_cell_word(deed_cell_at(ask->cell));
	uint32_t slot = sibling_in_the_way(ask, first_sibling(ask));
	struct deed_look look;

	while (slot && !is_above(me, deed_loan_at(slot)->task))
		slot = sibling_in_the_way(ask, deed_loan_at(slot)->next);
	if (slot || ask->parent || !whole_conflicts(word, ask->is_inout))
		return slot;
	for (slot = deed_loans_made() - 1; slot; slot--)
		if (is_whole_of(slot, ask->cell, &look) && (ask->is_inout || look.is_inout) &&
		    is_above(me, look.task))
			return true;
	return false;
}

/* Adds the siblings in the way. Says whether one of them was lent by its address. */
static bool add_siblings(struct deed_thread *me, struct deed_finding *finding,
			 const struct deed_ask *ask)
{
	uint32_t last_share = 0;
	bool is_raw = false;

	for (uint32_t slot = sibling_in_the_way(ask, first_sibling(ask)); slot;
	     slot = sibling_in_the_way(ask, deed_loan_at(slot)->next)) {
		const struct deed_loan *const row = deed_loan_at(slot);

		/* The runs of a share are one holder, told once. */
		if (row->is_share && row->first_run == last_share)
			continue;
		last_share = row->is_share ? row->first_run : 0;
		add_holder(me, finding, ask, slot, deed_loan_id(row, slot));
		is_raw |= row->is_raw;
	}
	return is_raw;
}

static void say_conflict(struct deed_finding *finding, const struct deed_ask *ask, bool is_raw)
{
	const struct deed_plain name = deed_plain(ask->at->text);
	const char *const asked = ask->is_inout ? "lent inout" : "borrowed";
	const size_t holders = deed_finding_sites(finding) - 1;
	const struct deed_report_site *holder;
	struct deed_plain other;
	const char *held;

	if (!holders) {
		deed_finding_say(finding, "`%s` cannot be %s here: until just now, it was lent",
				 name.text, asked);
		return;
	}
	if (holders != 1) {
		deed_finding_say(finding, "`%s` cannot be %s here: %zu other loans overlap it",
				 name.text, asked, holders);
		return;
	}
	holder = deed_finding_only_holder(finding);
	other = deed_plain(holder->site->text);
	held = holder->shared_into		      ? "shared out"
	       : holder->role == DEED_ROLE_LENT_INOUT ? "lent inout"
						      : "borrowed";
	if (holder->shared_into && !strncmp(holder->verb, "left", 4))
		deed_finding_say(finding, "`%s` cannot be %s here: %s has left `%s` shared out",
				 name.text, asked,
				 strcmp(holder->verb, "left by a jump") ? "deed_loans_unwind()"
									: "a jump out of its parts",
				 other.text);
	else if (!strcmp(name.text, other.text))
		deed_finding_say(finding, "`%s` cannot be %s here: it is %s already", name.text,
				 asked, held);
	else if (is_raw)
		deed_finding_say(finding, "`%s` cannot be %s here: it overlaps `%s`, which is %s",
				 name.text, asked, other.text, held);
	else
		deed_finding_say(finding, "`%s` cannot be %s here: it is %s already, as `%s`",
				 name.text, asked, held, other.text);
}

/* As deed_loan_scale(), of a loan that will not begin. */
static struct deed_scale scale_of(const struct deed_ask *ask, const struct deed_cell *cell)
{
	struct deed_scale scale = { 0, cell->element_bytes ? cell->element_bytes : 1 };

	if (ask->parent)
		scale = deed_loan_scale(deed_loan_at(ask->parent));
	else if (cell->flags & DEED_CELL_COLUMNS)
		scale = (struct deed_scale){ ask->region.lo,
					     ask->is_raw ? 0 : ask->at->element_bytes };
	return scale;
}

static struct deed_finding *conflict(struct deed_thread *me, const struct deed_ask *ask)
{
	const struct deed_cell *const cell = deed_cell_at(ask->cell);
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E09, ask->at, ask->frame);
	bool is_raw;

	if (!ask->parent)
		add_wholes(me, finding, ask);
	is_raw = add_siblings(me, finding, ask);
	deed_finding_cell(finding, ask->cell);
	deed_finding_asks(finding, ask->is_inout, ask->region, scale_of(ask, cell));
	if (ask->is_share)
		deed_finding_does(finding, "shared out", false);
	if (ask->raw_bytes)
		deed_finding_asks_by_address(finding,
					     (uintptr_t)cell->base + ask->region.lo - ask->raw_lo,
					     ask->region.width, ask->raw_bytes);
	say_conflict(finding, ask, is_raw || ask->is_raw);
	if (cell->kind != DEED_KIND_RAW) /* memory lent by address was not made by the lend */
		deed_finding_event(finding, ask->cell, 0, DEED_ROLE_ALLOCATED);
	return finding;
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

		run.region = run_of(ask, i);
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
				 .scale = scale_of(ask, deed_cell_at(ask->cell)) };
	if (!ask->run_count)
		*ret_finding = deed_history_note(me, &act);
	for (size_t i = 0; i < ask->run_count && !*ret_finding; i++) {
		act.region = run_of(ask, i);
		*ret_finding = deed_history_note(me, &act);
	}
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
		if (siblings_conflict(ask))
			*ret_finding = conflict(me, ask);
		else
			loan = record(me, ask);
		return loan;
	}
	/* REGIONS at once: if the loan is refused, there is a loan in the list, or there is none
	 * and the bit goes again with LOCK. */
	__atomic_or_fetch(&cell->word, DEED_CELL_LOCK | DEED_CELL_REGIONS, __ATOMIC_ACQ_REL);
	if (deed_would_conflict(ask))
		*ret_finding = conflict(me, ask);
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
			*ret_finding = conflict(me, ask);
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
	deed_loan_note_end(me, row, at);
	return claim(me, row, loan, marks | DEED_LOAN_DIRTY);
}
