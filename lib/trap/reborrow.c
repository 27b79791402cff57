/* SPDX-License-Identifier: MIT
 *
 * lib/trap/reborrow.c - loans of loans begin.
 *
 * The parent is marked (CHILD) before the child is admitted, by a compare-and-swap against
 * the parent's own end, which takes no lock; so a loan never gets a child after it ended.
 *
 * A task may lend on what is its own, and to read what task.h says. What is another task's is
 * refused before it is marked, for the end of a part does not look (share.h). A share's loan is
 * lent on by its parts alone.
 */
#include "deed/lend.h"

#include "grant.h"
#include "guard.h"
#include "raw.h"
#include "rights.h"
#include "shard.h"
#include "task.h"

static struct deed_finding *of_others(struct deed_thread *me, uint32_t slot,
				      const struct deed_ask *ask)
{
	return deed_loan_is_not_ours(me, slot, ask->is_inout ? "lent on inout" : "lent on",
				     ask->frame, ask->at);
}

uint32_t deed_loan_open(struct deed_thread *me, uint64_t source, const struct deed_ask *ask,
			struct deed_finding **ret_finding)
{
	const uint32_t slot = deed_loan_slot(source);
	struct deed_loan *const row = deed_loan_at(slot);
	bool is_live = false;
	uint64_t word;
	uint32_t cell;

	if (slot < deed_loans_made()) {
		cell = deed_loan_cell(row);
		deed_shard_take(cell);
		word = deed_loan_word(row);
		is_live = deed_loan_cell(row) == cell && deed_word_is(word, source) &&
			  (word & DEED_LOAN_LIVE);
		if (is_live && deed_task_whose(me, deed_word_task(word)) == DEED_WHOSE_OTHERS)
			*ret_finding = of_others(me, slot, ask);
		else if (is_live && deed_parent_mark(row, source))
			return cell;
		else
			is_live = false;
		deed_shard_give(cell);
	}
	if (!is_live)
		*ret_finding = deed_loan_ended(me, source, DEED_E11, ask->frame, ask->at);
	return 0;
}

void deed_loan_close(uint64_t source, uint32_t cell)
{
	struct deed_loan *const row = deed_loan_at(deed_loan_slot(source));

	deed_parent_unmark(row);
	deed_shard_give(cell);
}

static struct deed_finding *inout_from_borrowed(struct deed_thread *me, uint32_t slot,
						const struct deed_ask *ask)
{
	const struct deed_plain name = deed_plain(ask->at->text);
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E10, ask->at, ask->frame);

	deed_finding_cell(finding, ask->cell);
	deed_finding_loan(finding, slot);
	deed_finding_event(finding, ask->cell, 0, DEED_ROLE_ALLOCATED);
	deed_finding_say(finding, "`%s` is asked for writing, but it was lent read only",
			 name.text);
	return finding;
}

struct deed_finding *deed_loan_lends_no(struct deed_thread *me, const struct deed_ask *ask)
{
	const struct deed_loan *const row = deed_loan_at(ask->parent);

	if (!deed_loan_has_elements(row, ask->at->element_bytes))
		return deed_loan_of_others(me, ask->parent, "lent", ask->frame, ask->at);
	if (ask->is_inout && !row->is_inout)
		return inout_from_borrowed(me, ask->parent, ask);
	return deed_whose_may(deed_task_whose(me, row->task), row->is_inout, ask->is_inout)
		       ? NULL
		       : of_others(me, ask->parent, ask);
}

DEED_EXPORT struct deed_grant deed_trap_reborrow(const void *data, size_t len, uint64_t source,
						 unsigned flags, const struct deed_extent *part,
						 const void *frame, const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	const uint32_t parent = deed_loan_slot(source);
	struct deed_loan *const row = deed_loan_at(parent);
	struct deed_ask ask = { .at = at,
				.frame = frame,
				.is_inout = flags & DEED_LEND_INOUT,
				.is_guard = flags & DEED_LEND_GUARD,
				.parent = parent };
	struct deed_finding *finding = NULL;
	struct deed_grant grant = { NULL, 0 };
	const struct deed_cell *cell;
	size_t asked;
	bool fits;

	if (!me) {
		deed_reentered(at, frame);
		return deed_refused(deed_self, NULL, 0);
	}
	deed_task_see(me, frame, at);
	ask.stack = deed_ask_stack(me, frame);
	if (ask.is_guard) {
		(void)deed_guards_end_jumped_over(me, at, frame);
		ask.group = deed_invocation(me, at, frame);
	}
	fits = deed_extent_fits(part, len, at->element_bytes, &ask.region);
	grant.data = (void *)((uintptr_t)data + (fits ? ask.region.lo : 0)); /* data may be null */
	asked = fits ? part->width : 0;
	if (source == DEED_LOAN_REFUSED) {
		deed_leave(me);
		return deed_refused(me, grant.data, asked);
	}
	if (!source && fits && deed_is_nothing(ask.region)) {
		deed_leave(me);
		return grant;
	}
	if (!source) {
		deed_raise(me, deed_outside(me, &ask, part, len, 0));
		return deed_refused(me, grant.data, 0);
	}
	ask.cell = deed_loan_open(me, source, &ask, &finding);
	if (!ask.cell) {
		deed_raise(me, finding);
		grant.data = (void *)(uintptr_t)deed_use_instead(
			grant.data, fits ? deed_extent_span(part) : 0, source, at);
		return deed_refused(me, grant.data, grant.data ? asked : 0);
	}
	cell = deed_cell_at(ask.cell);
	ask.region.lo += (size_t)((uintptr_t)data - (uintptr_t)cell->base);
	if (!fits || ask.region.lo > deed_cell_bytes(cell))
		finding = deed_outside(me, &ask, part, len, ask.cell);
	else if (!deed_is_nothing(ask.region)) {
		finding = deed_region_holds(deed_loan_region(row), ask.region)
				  ? deed_loan_lends_no(me, &ask)
				  : deed_outside(me, &ask, part, len, ask.cell);
		if (!finding)
			grant.loan = deed_admit(me, &ask, &finding);
	}
	deed_loan_close(source, ask.cell);
	return deed_grant_or_refuse(me, &ask, grant, asked, finding);
}
