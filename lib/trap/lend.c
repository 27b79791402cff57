/* SPDX-License-Identifier: MIT
 *
 * lib/trap/lend.c - loans of an owner begin.
 *
 * The quick way, for a loan of a whole buffer with no region loans, is one
 * compare-and-swap of the cell's word:
 *
 *     begin    fill a free row; word += reader, or |= WRITER; row LIVE
 *     end      row: LIVE -> next generation; word -= reader, or &= ~WRITER      (end.c)
 *
 * The row is complete before the word says that it is there. A contiguous part that meets no
 * other has a quick way, too: one critical section under the shard lock, with nothing decided
 * by tree.c. Whatever else - a tile, a conflict, a guard jumped over, a loan of a task - goes
 * through tree.c. Loans of loans begin in reborrow.c, and loans of bare memory in lend_raw.c.
 */
#include "deed/lend.h"

#include "conflict.h"
#include "grant.h"
#include "guard.h"
#include "hot_region.h"
#include "owner.h"
#include "raw.h"
#include "shard.h"
#include "slots.h"
#include "task.h"

struct deed_finding *deed_static_lends_no(struct deed_thread *me, const struct deed_ask *ask)
{
	const struct deed_plain name = deed_plain(ask->at->text);
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E10, ask->at, ask->frame);

	deed_finding_cell(finding, ask->cell);
	deed_finding_event(finding, ask->cell, 0, DEED_ROLE_ADOPTED);
	deed_finding_say(finding, "`%s` is static data: it can be borrowed, not lent for writing",
			 name.text);
	return finding;
}

struct deed_grant deed_lend_slowly(struct deed_thread *me, const struct deed_lent *lent,
				   unsigned flags, const void *frame, const struct deed_site *at)
{
	const struct deed_owner *const owner = lent->owner;
	const struct deed_extent *const part = lent->part;
	struct deed_ask ask = { .at = at,
				.frame = frame,
				.is_inout = flags & DEED_LEND_INOUT,
				.is_guard = flags & DEED_LEND_GUARD,
				.stack = deed_ask_stack(me, frame) };
	struct deed_finding *finding = NULL;
	struct deed_grant grant = { NULL, 0 };
	size_t len = 0;
	struct deed_cell *cell;
	bool may_retry = deed_guard_is_dead(me, frame);

	deed_task_see(me, frame, at);
	if (ask.is_guard) {
		(void)deed_guards_end_jumped_over(me, at, frame);
		ask.group = deed_invocation(me, at, frame);
	}
again:
	ask.cell = deed_owner_open(me, owner, DEED_USE_ANY, frame, lent->owner_at, &finding);
	if (!ask.cell) {
		deed_raise(me, finding);
		return deed_refused_scratch(me,
					    part	   ? deed_extent_span(part)
					    : lent->column ? lent->column->width / at->element_bytes
							   : owner->len & DEED_LEN_MAX,
					    at->element_bytes);
	}
	cell = deed_cell_at(ask.cell);
	grant.data = cell->base;
	len = cell->count;
	ask.region = (struct deed_region){ 0, deed_cell_bytes(cell), 0, 1 };
	if (ask.is_inout && cell->kind == DEED_KIND_STATIC) {
		finding = deed_static_lends_no(me, &ask);
	} else if (part) {
		if (!deed_extent_fits(part, cell->count, cell->element_bytes, &ask.region)) {
			finding = deed_outside(me, &ask, part, cell->count, ask.cell);
			len = 0;
		} else {
			grant.data = (char *)cell->base + ask.region.lo;
			len = part->width;
		}
	} else if (lent->column) {
		ask.region = *lent->column;
		grant.data = (char *)cell->base + ask.region.lo;
		len = ask.region.width / at->element_bytes;
	}
	if (!finding && !deed_is_nothing(ask.region)) {
		if (may_retry && deed_would_conflict(&ask)) {
			/* Perhaps with a guard that was jumped over: that is E14, and no conflict.
			 */
			may_retry = false;
			deed_shard_give(ask.cell);
			(void)deed_guards_end_jumped_over(me, at, frame);
			goto again;
		}
		grant.loan = part || lent->column ? deed_admit(me, &ask, &finding)
						  : deed_admit_whole(me, &ask, &finding);
	}
	deed_shard_give(ask.cell);
	return deed_grant_or_refuse(me, &ask, grant, len, finding);
}

/* The quick way was not possible: the thread is new, has no slots left, is inside or in a task; or
 * there is something to decide. */
static DEED_COLD struct deed_grant lend_otherwise(const struct deed_owner *owner, unsigned flags,
						  const void *frame, const struct deed_site *at)
{
	const struct deed_lent lent = { owner, at, NULL, NULL };
	struct deed_thread *const me = deed_enter();

	if (!me) {
		deed_reentered(at, frame);
		return deed_refused(deed_self, NULL, 0);
	}
	return deed_lend_slowly(me, &lent, flags, frame, at);
}

/* Written for its machine code: what bounds it is the number of its instructions. It is compiled
 * for each kind of loan; the row is filled in first, so that few registers are live at once, and
 * every cold end asks the row again.
 */
DEED_INLINE struct deed_grant lend_quickly(const struct deed_owner *owner, const unsigned flags,
					   const void *frame, const struct deed_site *at)
{
	const bool is_guard = flags & DEED_LEND_GUARD;
	const uint64_t count = flags & DEED_LEND_INOUT ? DEED_CELL_WRITER : 1;
	struct deed_thread *const me = deed_self;
	uint64_t handle, word, others, row_word;
	struct deed_grant grant;
	struct deed_cell *cell;
	struct deed_loan *row;

	if (DEED_UNLIKELY(!me) || DEED_UNLIKELY(me->inside) ||
	    (is_guard && DEED_UNLIKELY(deed_guard_is_dead(me, frame))))
		return lend_otherwise(owner, flags, frame, at);
	/* What is the thread's own is looked at inside only: a signal handler may use it until
	 * then. */
	me->inside = 1;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	row = deed_next_row;
	if (DEED_UNLIKELY(!row) || DEED_UNLIKELY(deed_slots_count(me) <= DEED_SLOTS_KEPT)) {
		deed_leave(me);
		return lend_otherwise(owner, flags, frame, at);
	}
	row->site = at;
	row->frame = (uintptr_t)frame;
	deed_loan_set_who(row, me->whole | DEED_WHO_WHOLE(0, flags));
	row->sequence = me->loans_taken;
	if (is_guard) {
		row->group = deed_invocation(me, at, frame);
		row->next_guard = me->guards;
	}

	handle = deed_handle_word(owner);
	cell = deed_cell_at(deed_word_slot(handle));
	deed_loan_set_place(row, deed_word_slot(handle));
	if (DEED_UNLIKELY(!cell))
		goto otherwise;
	word = deed_cell_word(cell);
	/* What is left of the word without the handle's generation is loans and LOCK; or all kinds
	 * of bits, if the generation is another, as it is with each tag but LIVE. (Only row 0 has
	 * the generation of an empty handle, and is never quick.) */
	others = word ^ (handle >> DEED_CELL_GENERATION_SHIFT << DEED_CELL_GENERATION_SHIFT);
	if (DEED_UNLIKELY(flags & DEED_LEND_INOUT ? others != 0 : others > DEED_CELL_READERS) ||
	    DEED_UNLIKELY(owner->len != cell->quick_len) ||
	    DEED_UNLIKELY(cell->element_bytes != row->site->element_bytes))
		goto otherwise;
	row_word = row->word;
	if (DEED_UNLIKELY(row_word & DEED_LOAN_SLOT_MASK)) {
		deed_loan_neutral(row);
		row_word &= ~DEED_LOAN_SLOT_MASK;
	}
	if (DEED_UNLIKELY(!__atomic_compare_exchange_n(&cell->word, &word, word + count, false,
						       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)))
		goto otherwise;
	__atomic_store_n(&row->word,
			 row_word | DEED_LOAN_LIVE |
				 (flags & DEED_LEND_INOUT ? DEED_LOAN_WRITES : 0),
			 __ATOMIC_RELEASE);
	grant.data = cell->base;
	grant.loan = row_word | deed_slot_of(row);
	deed_slot_advance(me);
	me->loans_taken++;
	if (is_guard)
		me->guards = deed_slot_of(row);
	deed_leave(me);
	return grant;

otherwise: /* with what the row was told, so that no register keeps it till here */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	at = row->site;
	row->site = NULL; /* the story of the loan that it had is spoilt */
	deed_leave(me);
	return lend_otherwise(owner, flags, (const void *)row->frame, at);
}

DEED_EXPORT struct deed_grant deed_trap_borrow(const struct deed_owner *owner, const void *frame,
					       const struct deed_site *at)
{
	return lend_quickly(owner, DEED_LEND_BORROWED, frame, at);
}

DEED_EXPORT struct deed_grant deed_trap_inout(const struct deed_owner *owner, const void *frame,
					      const struct deed_site *at)
{
	return lend_quickly(owner, DEED_LEND_INOUT, frame, at);
}

DEED_EXPORT struct deed_grant deed_trap_lend(const struct deed_owner *owner, unsigned flags,
					     const void *frame, const struct deed_site *at)
{
	if (flags & DEED_LEND_INOUT)
		return lend_quickly(owner, DEED_LEND_INOUT | DEED_LEND_GUARD, frame, at);
	return lend_quickly(owner, DEED_LEND_BORROWED | DEED_LEND_GUARD, frame, at);
}

/* Whether [lo, hi) meets no hull of a list. From both ends at once: a step has to wait for the row
 * before it, and so two wait side by side.
 */
static bool is_apart_from_all(uint32_t first, size_t lo, size_t hi)
{
	const struct deed_loan *left = deed_loan_at(first), *right = deed_loan_at(left->previous);

	for (;;) {
		if (!deed_loan_is_apart(left, lo, hi) || !deed_loan_is_apart(right, lo, hi))
			return false;
		if (left == right)
			return true;
		left = deed_loan_at(left->next);
		if (left == right)
			return true;
		right = deed_loan_at(right->previous);
	}
}

/* lend_part_quickly - a contiguous part of an owner, as a plain loan that meets no hull of another:
 * admission and record in one go, under the shard lock. 0: the slow way decides.
 *
 * REGIONS in the cell's word keeps whole-buffer loans from being taken meanwhile, as LOCK does in
 * tree.c; where a region is lent already, it is set. quick_len says that no option asks for more.
 */
static uint64_t lend_part_quickly(struct deed_thread *me, const struct deed_owner *owner,
				  bool is_inout, const struct deed_extent *part, const void *frame,
				  const struct deed_site *at)
{
	const uint64_t handle = deed_handle_word(owner);
	const uint32_t cell_slot = deed_word_slot(handle);
	struct deed_cell *const cell = deed_cell_at(cell_slot);
	const size_t lo = part->lo * at->element_bytes;
	const size_t width = part->width * at->element_bytes;
	const size_t len = owner->len & DEED_LEN_MAX;
	struct deed_loan *const row = deed_slot_next(me);
	const uint32_t slot = deed_slot_of(row);
	uint64_t word;

	if (!cell || part->rows != 1 || !width || part->width > len || part->lo > len - part->width)
		return 0;
	deed_shard_take(cell_slot);
	word = deed_cell_word(cell);
	if (deed_word_generation(handle ^ word) || deed_word_tag(handle) != DEED_TAG_LIVE ||
	    owner->len != cell->quick_len || cell->element_bytes != at->element_bytes)
		goto not_quickly;
	if (!cell->regions)
		word = __atomic_or_fetch(&cell->word, DEED_CELL_REGIONS, __ATOMIC_ACQ_REL);
	if ((word & DEED_CELL_WRITER) || (is_inout && (word & DEED_CELL_READERS)) ||
	    (cell->regions && !is_apart_from_all(cell->regions, lo, lo + width)))
		goto not_apart;

	row->site = at;
	row->frame = (uintptr_t)frame;
	deed_loan_set_place(row, cell_slot);
	deed_loan_set_who(row, me->id | (is_inout ? DEED_WHO_IS_INOUT : 0));
	row->sequence = me->loans_taken++;
	deed_loan_neutral(row);
	row->lo = lo;
	row->width = width;
	row->group = 0;
	deed_list_put(&cell->regions, row, slot);
	word = deed_live_word(row->word, is_inout, 0);
	__atomic_store_n(&row->word, word, __ATOMIC_RELEASE);
	deed_shard_give(cell_slot);
	deed_slot_advance(me);
	return (word & ~DEED_LOAN_SLOT_MASK) | slot;

not_apart:
	if (!cell->regions)
		__atomic_and_fetch(&cell->word, ~DEED_CELL_REGIONS, __ATOMIC_RELEASE);
not_quickly:
	deed_shard_give(cell_slot);
	return 0;
}

DEED_EXPORT struct deed_grant deed_trap_lend_part(const struct deed_owner *owner, unsigned flags,
						  const struct deed_extent *part, const void *frame,
						  const struct deed_site *at)
{
	const struct deed_lent lent = { owner, at, part, NULL };
	struct deed_thread *const me = deed_enter();
	struct deed_grant grant = { NULL, 0 };

	if (!me) {
		deed_reentered(at, frame);
		return deed_refused(deed_self, NULL, 0);
	}
	if (!(flags & DEED_LEND_GUARD) && !me->in_task)
		grant.loan = lend_part_quickly(me, owner, flags & DEED_LEND_INOUT, part, frame, at);
	if (!grant.loan)
		return deed_lend_slowly(me, &lent, flags, frame, at);
	grant.data = (char *)deed_cell_at(deed_word_slot(deed_handle_word(owner)))->base +
		     part->lo * at->element_bytes;
	deed_leave(me);
	if (DEED_UNLIKELY(me->hot_waited)) { /* as deed_leave_verb(), with what the row knows */
		const struct deed_loan *const row = deed_loan_at(deed_loan_slot(grant.loan));

		deed_hot_tell_wait((const void *)row->frame, row->site);
	}
	return grant;
}
