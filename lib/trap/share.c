/* SPDX-License-Identifier: MIT
 *
 * lib/trap/share.c - buffers are shared out to the parts of a plan.
 *
 *     source -- child loan: the share --- part 0   of one task, in no list
 *                                     \-- part 1   of another
 *                                     ...
 *
 * A share is a child loan of its source over what the parts cover together, admitted as any loan
 * is: so the source is suspended there, and whoever lends it there is told of the share. It is
 * exact: of a rectangle in tiles it is that rectangle, and where edges or a call leave gaps, it has
 * a row for each run of elements without one.
 *
 * That each part lies in the source, and that no two parts meet, is looked at here, before any part
 * is begun (layout.c). How parts are taken is part.c's.
 */
#include "share.h"

#include <string.h>

#include "conflict.h"
#include "guard.h"
#include "hot_region.h"
#include "layout.h"
#include "owner.h"
#include "shard.h"
#include "slots.h"
#include "story.h"
#include "tree.h"

/* The bytes of the cell that the parts cover, given where in it the source begins. */
static void place(struct deed_ask *ask, const struct deed_layout *layout, size_t offset)
{
	const size_t element = layout->share->element_bytes;

	(void)deed_extent_fits(&layout->all, layout->len, element, &ask->region);
	ask->region.lo += offset;
	for (size_t i = 0; i < layout->run_count; i++) {
		layout->runs[i].lo = layout->runs[i].lo * element + offset;
		layout->runs[i].hi = layout->runs[i].hi * element + offset;
	}
	ask->runs = layout->runs;
	ask->run_count = layout->run_count;
}

/* Opens the source: its cell, under the shard lock; or 0, and what is wrong with it. */
static uint32_t open_source(struct deed_thread *me, const struct deed_owner *owner,
			    const struct deed_layout *layout, const struct deed_ask *ask,
			    struct deed_finding **ret_finding)
{
	if (owner)
		return deed_owner_open(me, owner, DEED_USE_ANY, ask->frame, ask->at, ret_finding);
	return deed_loan_open(me, layout->share->loan, ask, ret_finding);
}

static void close_source(const struct deed_owner *owner, const struct deed_layout *layout,
			 const struct deed_ask *ask)
{
	if (owner)
		deed_shard_give(ask->cell);
	else
		deed_loan_close(layout->share->loan, ask->cell);
}

/* Why the source is not shared out so; null if it may be. */
static struct deed_finding *refuses(struct deed_thread *me, const struct deed_owner *owner,
				    const struct deed_layout *layout, const struct deed_ask *ask)
{
	if (layout->outside != DEED_NO_PART)
		return deed_layout_leaves(me, ask, layout);
	if (deed_is_nothing(ask->region))
		return NULL;
	if (owner && ask->is_inout && deed_cell_at(ask->cell)->kind == DEED_KIND_STATIC)
		return deed_static_lends_no(me, ask);
	if (!owner && !deed_region_holds(deed_loan_region(deed_loan_at(ask->parent)), ask->region))
		return deed_outside(me, ask, &layout->all, layout->len, ask->cell);
	if (!owner) {
		struct deed_finding *const finding = deed_loan_lends_no(me, ask);

		if (finding)
			return finding;
	}
	return ask->is_inout && layout->first != DEED_NO_PART
		       ? deed_layout_overlaps(me, ask, layout)
		       : NULL;
}

/* The share's loan, or 0 of no bytes. */
static uint64_t share_out(struct deed_thread *me, const struct deed_owner *owner,
			  struct deed_layout *layout, struct deed_share *share,
			  struct deed_ask *ask, struct deed_finding **ret_finding)
{
	bool may_retry = deed_guard_is_dead(me, ask->frame);
	const struct deed_cell *cell;
	uint64_t loan = 0;

	/* Of a view of nothing there is nothing to look at but the plan. */
	if (!owner && !share->loan && !layout->len) {
		if (layout->outside != DEED_NO_PART)
			*ret_finding = deed_layout_leaves(me, ask, layout);
		return 0;
	}
again:
	ask->cell = open_source(me, owner, layout, ask, ret_finding);
	if (!ask->cell) {
		if (owner || !deed_loan_is_live(share->loan))
			share->base = NULL;
		return 0;
	}
	cell = deed_cell_at(ask->cell);
	if (owner)
		share->base = cell->base;
	share->offset = (size_t)(share->base - (char *)cell->base);
	if (!ask->region.rows)
		place(ask, layout, share->offset);
	*ret_finding = refuses(me, owner, layout, ask);
	if (!*ret_finding && !deed_is_nothing(ask->region)) {
		if (may_retry && deed_would_conflict(ask)) {
			/* Perhaps with a guard that was jumped over: that is E14, and no conflict.
			 */
			may_retry = false;
			close_source(owner, layout, ask);
			(void)deed_guards_end_jumped_over(me, ask->at, ask->frame);
			goto again;
		}
		loan = deed_admit(me, ask, ret_finding);
	}
	close_source(owner, layout, ask);
	return loan;
}

static void show(const struct deed_ask *ask)
{
	const char *const base = deed_cell_at(ask->cell)->base;

	if (!ask->run_count)
		deed_show_loan(base + ask->region.lo, ask->region, ask->is_inout, ask->frame);
	for (size_t i = 0; i < ask->run_count; i++) {
		const struct deed_region run = { ask->runs[i].lo, ask->runs[i].hi - ask->runs[i].lo,
						 0, 1 };

		deed_show_loan(base + run.lo, run, ask->is_inout, ask->frame);
	}
}

/* The finding, of a fault or an advisory, or null. Inside, no lock. */
static struct deed_finding *share_or_refuse(struct deed_thread *me, const struct deed_owner *owner,
					    struct deed_layout *layout, struct deed_share *share,
					    const void *frame, const struct deed_site *at)
{
	struct deed_ask ask = { .at = at,
				.frame = frame,
				.parent = deed_loan_slot(share->loan),
				.is_inout = share->is_inout,
				.is_share = true,
				.group = layout->plan->parts,
				.stack = deed_ask_stack(me, frame) };
	struct deed_finding *finding = NULL;
	uint64_t lent;

	deed_task_see(me, frame, at);
	lent = share_out(me, owner, layout, share, &ask, &finding);
	if (finding)
		return finding;
	share->lent = lent;
	if (lent) {
		share->taken_as = deed_taken_as_(
			share->element_bytes,
			(share->is_inout ? DEED_LEND_INOUT : 0) |
				(share->rule.kind == DEED_RULE_TILE ? DEED_LEND_TILE : 0));
		deed_loan_at(deed_loan_slot(lent))->end_site = NULL;
		/* While it is lent, a buffer keeps its generation. */
		deed_loan_at(deed_loan_slot(lent))->ended_in =
			(uint32_t)deed_word_generation(deed_cell_word(deed_cell_of_live(ask.cell)));
		show(&ask);
	}
	return ask.cell ? deed_layout_advice(me, &ask, layout) : NULL;
}

void deed_share_out(struct deed_plan *plan, struct deed_share *share,
		    const struct deed_owner *owner, const void *frame, const struct deed_site *at)
{
	struct deed_layout layout = { .plan = plan,
				      .share = share,
				      .len = share->len & DEED_LEN_MAX };
	struct deed_finding *finding = NULL;
	struct deed_thread *me;

	/* Refused, until it is not. */
	share->lent = DEED_LOAN_REFUSED;
	share->taken_as = 0;
	share->base = owner ? NULL : (char *)(uintptr_t)share->data;
	share->told = NULL;
	if ((deed_share_is_told(share) && plan->parts && !deed_share_be_told(plan, share)) ||
	    !deed_lay_out(&layout)) {
		deed_layout_done(&layout);
		plan->share_err = plan->share_err ? plan->share_err : -ENOMEM;
		return;
	}
	me = deed_enter();
	if (me && share->loan != DEED_LOAN_REFUSED)
		finding = share_or_refuse(me, owner, &layout, share, frame, at);
	deed_layout_done(&layout);
	/* A handler may jump out: nothing comes after. */
	if (!me)
		deed_reentered(at, frame);
	else if (finding)
		deed_raise(me, finding);
	else
		deed_leave_verb(me, frame, at);
}

void deed_shares_run(const struct deed_plan *plan, const struct deed_site *at)
{
	for (uint32_t i = 0; i < plan->share_count; i++) {
		const uint64_t lent = plan->shares[i].lent;
		struct deed_loan *const row = deed_loan_at(deed_loan_slot(lent));

		if (lent && lent != DEED_LOAN_REFUSED && deed_word_is(deed_loan_word(row), lent))
			__atomic_store_n(&row->end_site, at, __ATOMIC_RELAXED);
	}
}

/* In the place of where the parts run. */
static const struct deed_site unwound = { "", "deed_loans_unwind", "", "", 0, 0, 0 };

void deed_shares_unwound(const struct deed_thread *me, uint32_t number)
{
	const uint32_t made = deed_loans_made();

	for (uint32_t slot = 1; slot < made; slot++) {
		struct deed_loan *const row = deed_loan_at(slot);
		struct deed_look look;

		/* The thread's own loans do not change meanwhile. */
		if (deed_loan_look(slot, &look) && look.thread == me->id && look.task == number &&
		    row->is_share && row->first_run == slot && row->end_site)
			__atomic_store_n(&row->end_site, &unwound, __ATOMIC_RELAXED);
	}
}

const char *deed_share_state(const struct deed_thread *me, const struct deed_loan *row)
{
	const struct deed_site *run;

	if (!row->is_share || !(deed_loan_word(row) & DEED_LOAN_LIVE) || row->thread != me->id ||
	    row->task != me->in_task)
		return NULL;
	run = __atomic_load_n(&deed_loan_at(row->first_run)->end_site, __ATOMIC_RELAXED);
	return !run ? "not run yet" : run == &unwound ? "left by unwinding" : "left by a jump";
}

const char *deed_loan_end_verb(const struct deed_loan *row)
{
	const struct deed_site *const at = row->end_site;

	return row->is_share && row->is_unshared	       ? "unshared"
	       : at && !strcmp(at->function, unwound.function) ? "unwound"
							       : "";
}

void deed_shares_end(struct deed_thread *me, struct deed_plan *plan, const struct deed_site *at)
{
	for (uint32_t i = 0; i < plan->share_count; i++) {
		struct deed_share *const share = &plan->shares[i];
		uint32_t slot = deed_loan_slot(share->lent), next;
		struct deed_loan *const row = deed_loan_at(slot);
		const uint32_t cell = deed_loan_cell(row);

		if (share->lent && share->lent != DEED_LOAN_REFUSED) {
			deed_shard_take(cell);
			/* Else it has ended with its source. */
			if (!deed_word_is(deed_loan_word(row), share->lent))
				slot = 0;
			for (; slot; slot = next) {
				next = deed_loan_at(slot)->next_piece;
				(void)deed_end_tree(me, slot,
						    deed_loan_id(deed_loan_at(slot), slot), 0, at);
				deed_slot_give(me, slot);
			}
			deed_shard_give(cell);
		}
		deed_share_told_done(plan, share);
	}
	plan->shared_before = plan->share_count; /* nobody takes of them any more, but may try */
	plan->share_count = 0;
}

/* Whether its parts were begun, and are not done as far as anybody knows: an unwinding says that
 * they are. */
static bool is_begun(const struct deed_loan *row)
{
	const struct deed_site *const run = __atomic_load_n(&row->end_site, __ATOMIC_RELAXED);

	return run && run != &unwound;
}

/* Says what is lent, and where: of a share, under its shard lock. */
static void tell_share(struct deed_finding *finding, uint32_t slot)
{
	const uint32_t cell = deed_loan_at(slot)->cell;

	deed_finding_cell(finding, cell);
	deed_finding_loan(finding, slot);
	deed_finding_event(finding, cell, 0, DEED_ROLE_ALLOCATED);
}

/* The first share whose parts were begun, and were not left by a jump: its row; else 0. */
static uint32_t share_at_work(const struct deed_thread *me, const struct deed_plan *plan)
{
	for (uint32_t i = 0; i < plan->share_count; i++) {
		const uint64_t lent = plan->shares[i].lent;
		const struct deed_loan *const row = deed_loan_at(deed_loan_slot(lent));

		if (lent && lent != DEED_LOAN_REFUSED && deed_word_is(deed_loan_word(row), lent) &&
		    is_begun(row) && !deed_share_state(me, row))
			return deed_loan_slot(lent);
	}
	return 0;
}

/* E18. */
static struct deed_finding *is_at_work(struct deed_thread *me, uint32_t share, const char *verb,
				       const void *frame, const struct deed_site *at)
{
	const uint32_t cell = share ? deed_loan_cell(deed_loan_at(share)) : 0;
	struct deed_finding *finding;

	if (cell)
		deed_shard_take(cell);
	finding = deed_finding_begin(me, DEED_E18, at, frame);
	deed_finding_does(finding, verb, false);
	if (cell)
		tell_share(finding, share);
	deed_finding_say(finding, "`%s` is %s: its parts were begun, and are not done",
			 deed_plain(at->text).text, verb);
	if (cell)
		deed_shard_give(cell);
	return finding;
}

static DEED_COLD bool is_idle_seen(const struct deed_plan *plan, const char *verb,
				   const void *frame, const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	uint32_t share;

	if (!me) {
		deed_reentered(at, frame);
		return false;
	}
	deed_task_see(me, frame, at); /* they may have been jumped out of */
	share = share_at_work(me, plan);
	if (share || deed_part_is_of(me, plan)) {
		deed_raise(me, is_at_work(me, share, verb, frame, at));
		return false;
	}
	deed_leave(me);
	return true;
}

bool deed_plan_is_idle(const struct deed_plan *plan, const char *verb, const void *frame,
		       const struct deed_site *at)
{
	const struct deed_thread *const me = deed_self;

	if (DEED_LIKELY(!me || (!share_at_work(me, plan) && !deed_part_is_of(me, plan))))
		return true;
	return is_idle_seen(plan, verb, frame, at);
}

/* E18, or E20 in a part of what others have shared out: as if that ended their loan. */
static struct deed_finding *stays(struct deed_thread *me, uint32_t slot, const void *frame,
				  const struct deed_site *at)
{
	const struct deed_loan *const row = deed_loan_at(slot);
	const uint32_t cell = deed_loan_cell(row);
	const struct deed_tale mine = deed_tale_of_thread(me);
	struct deed_finding *finding;
	const char *state;

	deed_shard_take(cell);
	state = deed_share_state(me, row);
	if (is_begun(row)) {
		finding = deed_finding_begin(me, DEED_E18, at, frame);
		deed_finding_does(finding, "unshared", false);
		tell_share(finding, slot);
		deed_finding_say(finding,
				 state ? "`%s` is unshared, but a jump out of its parts has left "
					 "them, and not all may be done"
				       : "`%s` is unshared, but its parts were begun, and are not "
					 "done",
				 deed_plain(at->text).text);
	} else {
		finding = deed_loan_is_not_ours(me, slot, "unshared", frame, at);
		deed_finding_say(finding,
				 "`%s` is unshared in %s, but others have shared out by it",
				 deed_plain(at->text).text, deed_tale_name(&mine).text);
	}
	deed_shard_give(cell);
	return finding;
}

/* The first share that is not to be taken back now, and here: its row; else 0. */
static uint32_t not_to_be_unshared(const struct deed_thread *me, const struct deed_plan *plan)
{
	for (uint32_t i = 0; i < plan->share_count; i++) {
		const uint64_t lent = plan->shares[i].lent;
		const struct deed_loan *const row = deed_loan_at(deed_loan_slot(lent));

		if (lent && lent != DEED_LOAN_REFUSED && deed_word_is(deed_loan_word(row), lent) &&
		    (is_begun(row) ||
		     deed_task_whose(me, deed_word_task(deed_loan_word(row))) != DEED_WHOSE_OWN))
			return deed_loan_slot(lent);
	}
	return 0;
}

/* For whoever takes of them afterwards, as long as their rows tell of them. */
static void say_unshared(const struct deed_plan *plan)
{
	for (uint32_t i = 0; i < plan->share_count; i++) {
		const uint64_t lent = plan->shares[i].lent;
		struct deed_loan *const row = deed_loan_at(deed_loan_slot(lent));
		const uint32_t cell = deed_loan_cell(row);

		if (!lent || lent == DEED_LOAN_REFUSED)
			continue;
		deed_shard_take(cell);
		if (deed_word_is(deed_loan_word(row), lent))
			deed_loan_set_who(row, row->who | DEED_WHO_IS_UNSHARED);
		deed_shard_give(cell);
	}
}

bool deed_unshare_all(struct deed_plan *plan, const void *frame, const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	uint32_t slot;

	if (!me) {
		deed_reentered(at, frame);
		return false;
	}
	deed_task_see(me, frame, at);
	slot = not_to_be_unshared(me, plan);
	if (slot) {
		deed_raise(me, stays(me, slot, frame, at));
		return false;
	}
	say_unshared(plan);
	deed_shares_end(me, plan, at);
	deed_leave_verb(me, frame, at);
	return true;
}

const void *deed_share_base(const struct deed_owner *owner)
{
	const uint64_t handle = deed_handle_word(owner);
	const struct deed_cell *const cell = deed_cell_at(deed_word_slot(handle));

	return cell && !deed_word_generation(handle ^ deed_cell_word(cell)) ? cell->base : NULL;
}
