/* SPDX-License-Identifier: MIT
 *
 * lib/trap/conflict.c - what is in the way of a loan: siblings that share a byte with it, and
 * whole-buffer loans of the owner, where one of the two is inout; and E09, which names them all.
 *
 * Whole-buffer loans are counted in the cell's word, and in no list: who they are, the table of
 * loans is searched for, and only to tell of them.
 */
#include "conflict.h"

#include <sched.h>
#include <string.h>

#include "task.h"
#include "tree.h"

/* ---- siblings ------------------------------------------------------------------------------- */

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

static uint32_t first_sibling(const struct deed_ask *ask)
{
	return ask->parent ? deed_loan_at(ask->parent)->first_child
			   : deed_cell_at(ask->cell)->regions;
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
			    deed_region_meets(deed_loan_region(row), deed_ask_run(ask, i)))
				found = slot;
	}
	return found;
}

/* ---- whether there is anything -------------------------------------------------------------- */

static bool whole_conflicts(uint64_t word, bool is_inout)
{
	return (word & DEED_CELL_WRITER) || (is_inout && (word & DEED_CELL_READERS));
}

static bool is_whole_of(uint32_t slot, uint32_t cell, struct deed_look *ret)
{
	return deed_loan_look(slot, ret) && ret->cell == cell && ret->is_whole;
}

bool deed_would_conflict(const struct deed_ask *ask)
{
	return sibling_in_the_way(ask, first_sibling(ask)) ||
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

/* ---- E09 ------------------------------------------------------------------------------------ */

/* How many whole-buffer loans the word counts. */
static size_t counted(uint64_t word)
{
	return (size_t)(word & DEED_CELL_READERS) + !!(word & DEED_CELL_WRITER);
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

/* The rest of a finding that has its holders. */
static void tell(struct deed_finding *finding, const struct deed_ask *ask, bool is_raw)
{
	const struct deed_cell *const cell = deed_cell_at(ask->cell);

	deed_finding_cell(finding, ask->cell);
	deed_ask_tell(finding, ask);
	if (ask->is_share)
		deed_finding_does(finding, "shared out", false);
	say_conflict(finding, ask, is_raw || ask->is_raw);
	if (cell->kind != DEED_KIND_RAW) /* memory lent by address was not made by the lend */
		deed_finding_event(finding, ask->cell, 0, DEED_ROLE_ALLOCATED);
}

struct deed_finding *deed_conflict(struct deed_thread *me, const struct deed_ask *ask)
{
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E09, ask->at, ask->frame);

	if (!ask->parent)
		add_wholes(me, finding, ask);
	tell(finding, ask, add_siblings(me, finding, ask));
	return finding;
}

struct deed_finding *deed_conflict_with(struct deed_thread *me, const struct deed_ask *ask,
					uint32_t slot)
{
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E09, ask->at, ask->frame);

	(void)deed_finding_holder(finding, deed_loan_id(deed_loan_at(slot), slot));
	tell(finding, ask, deed_loan_at(slot)->is_raw);
	return finding;
}
