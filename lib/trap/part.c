/* SPDX-License-Identifier: MIT
 *
 * lib/trap/part.c - parts of shares are taken by tasks, and end with them.
 *
 * That no two parts meet was looked at when the buffer was shared out. So a part needs to be
 * compared with nothing: its row is filled in with no lock held, is in no list, and goes back to
 * the thread's slots when the task ends. A task has at most one part of each share of its plan, and
 * keeps their slots. A part is a loan as any other to who uses it or lends of it. Its parent is the
 * share's first row, which does not know of it: where a share ends before its parts, which only a
 * mistake brings about, the table is searched for them (tree.c). What must not be taken so,
 * taking.c tells of.
 */
#include "share.h"

#include "end.h"
#include "layout.h"
#include "options.h"
#include "rights.h"
#include "story.h"
#include "taking.h"
#include "tree.h"

/* ---- what must not be taken so ------------------------------------------------------------- */

/* Which of the plan's shares it is; null if it is none. */
static inline const struct deed_share *share_of(const struct deed_plan *plan,
						const struct deed_share_source *source)
{
	const struct deed_share *share = plan->shares;

	for (uint32_t left = plan->share_count; left; left--, share++)
		if (DEED_LIKELY(share->data == source->data) && share->len == source->len &&
		    share->loan == source->loan)
			return share;
	return NULL;
}

/* What a part has, in continue mode, of a share that was refused or must not be taken from so: the
 * true memory, if it is there; of which nothing, where it would have more than there is. */
static struct deed_grant refuse(struct deed_thread *me, const struct deed_share *share,
				struct deed_extent *extent, size_t element)
{
	const size_t len = share->len & DEED_LEN_MAX;
	struct deed_region region;
	struct deed_grant grant;

	if (!deed_extent_fits(extent, len, element, &region) || !extent->width) {
		*extent = (struct deed_extent){ 0, 0, extent->pitch, extent->rows };
		return deed_refused(me, share->base, 0);
	}
	if (share->base)
		return deed_refused(me, share->base + region.lo, extent->width);
	grant = deed_refused_scratch(me, deed_extent_span(extent), element);
	if (!grant.data)
		*extent = (struct deed_extent){ 0, 0, extent->pitch, extent->rows };
	return grant;
}

/* Whether what a part says of itself is what it was told. */
static inline bool is_intact(const struct deed_task *task, const struct deed_part *part)
{
	const struct deed_plan *const plan = part->plan;
	struct deed_part own;

	if (DEED_UNLIKELY(plan != task->plan || part->index != task->index))
		return false;
	if (DEED_LIKELY(plan->columns == 1)) {
		const struct deed_range rows =
			deed_plan_piece_(plan->count, plan->chunk, task->index);

		return DEED_LIKELY(part->lo == rows.lo) && DEED_LIKELY(part->hi == rows.hi) &&
		       DEED_LIKELY(part->x_lo == 0) && DEED_LIKELY(part->x_hi == 1);
	}
	own = deed_plan_part(plan, task->index);
	return part->lo == own.lo && part->hi == own.hi && part->x_lo == own.x_lo &&
	       part->x_hi == own.x_hi;
}

static inline bool is_taken_right(const struct deed_share *share, unsigned flags)
{
	return !(flags & DEED_LEND_INOUT & ~share->is_inout) &&
	       !(flags & DEED_LEND_TILE) == (share->rule.kind != DEED_RULE_TILE);
}

static inline bool is_as_told(const struct deed_share *share, const struct deed_part *part,
			      const struct deed_extent *extent)
{
	const struct deed_range *const told = share->told ? &share->told[part->index] : NULL;

	return !told ||
	       (extent->width == told->hi - told->lo && (!extent->width || extent->lo == told->lo));
}

static inline bool is_live(uint64_t loan)
{
	const uint64_t word = deed_loan_word(deed_loan_at(deed_loan_slot(loan)));

	return deed_word_is(word, loan) && (word & DEED_LOAN_LIVE);
}

/* There is something to say, or nothing to record. */
static DEED_COLD struct deed_grant take_otherwise(const struct deed_part *part,
						  const struct deed_share_source *source,
						  const struct deed_share *share, unsigned flags,
						  struct deed_extent *extent, const void *frame,
						  const struct deed_site *at)
{
	const size_t element = at->element_bytes;
	const struct deed_taking taking = { part, source, share, flags, frame, at };
	struct deed_grant grant = { (void *)(uintptr_t)source->data, 0 };
	struct deed_finding *finding = NULL;
	struct deed_thread *me;

	/* What has no elements has none for any part. */
	if (!(source->len & DEED_LEN_MAX)) {
		*extent = (struct deed_extent){ 0, 0, flags & DEED_LEND_TILE ? 1 : 0, 1 };
		return grant;
	}
	if (share)
		deed_share_extent_(share, part, extent);
	else
		*extent = (struct deed_extent){ 0, 0, 0, 1 };
	me = deed_enter();
	if (!me) {
		deed_reentered(at, frame);
		return share ? refuse(deed_self, share, extent, element)
			     : deed_refused(deed_self, NULL, 0);
	}
	deed_task_see(me, frame, at);
	if (source->loan == DEED_LOAN_REFUSED || (share && share->lent == DEED_LOAN_REFUSED))
		; /* silent */
	else if (!me->task || me->task->part != part)
		finding = deed_taking_of_others(me, &taking);
	else if (!is_intact(me->task, part))
		finding = deed_taking_of_changed(me, &taking);
	else if (!share || !is_taken_right(share, flags))
		finding = deed_taking_of_unshared(me, &taking);
	else if (element != share->element_bytes)
		finding = share->lent ? deed_taking_of_other_type(me, &taking) : NULL;
	else if (!is_as_told(share, part, extent))
		finding = deed_taking_of_other_range(me, &taking, extent);
	else if (extent->width && extent->rows && share->lent)
		finding = deed_loan_ended(me, share->lent, DEED_E11, frame, at);
	if (finding)
		deed_raise(me, finding);
	else
		deed_leave(me);
	if (!share)
		return deed_refused(me, source->owner ? NULL : grant.data, 0);
	if (finding || share->lent == DEED_LOAN_REFUSED)
		return refuse(me, share, extent, element);
	grant.data = (void *)((uintptr_t)share->base + extent->lo * element);
	return grant;
}

/* The loan of the part of a share that the task has taken already; or 0: an unwinding ended it, or
 * it has not. */
static inline uint64_t taken_before(const struct deed_task *task, uint32_t index)
{
	const uint32_t slot = task->part_slots[index];
	uint64_t word;

	if (!(task->parts >> index & 1))
		return 0;
	word = deed_loan_word(deed_loan_at(slot));
	return word & DEED_LOAN_LIVE ? (word & ~DEED_LOAN_SLOT_MASK) | slot : 0;
}

/* Records the part's loan. */
static __attribute__((noinline)) uint64_t take(struct deed_thread *me,
					       const struct deed_share *share,
					       const struct deed_extent *extent, const void *frame,
					       const struct deed_site *at)
{
	const uint32_t parent = deed_loan_slot(share->lent);
	const struct deed_loan *const whole = deed_loan_at(parent);
	const size_t element = share->element_bytes;
	const uint32_t bit = (uint32_t)1 << share->index;
	const uint64_t inout = share->is_inout; /* 0 or 1 */
	struct deed_task *const task = me->task;
	struct deed_loan *row;
	uint64_t word, loan;

	me->inside = 1;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	row = deed_slot_take_in_task(me);
	row->site = at;
	row->frame = (uintptr_t)frame;
	deed_loan_set_place(row, deed_loan_cell(whole) | (uint64_t)parent << 32);
	deed_loan_set_who(row, me->id | inout * DEED_WHO_IS_INOUT | DEED_WHO_IS_PART |
				       DEED_WHO_TASK(task->number));
	row->sequence = me->loans_taken++;
	row->ended_in = whole->ended_in; /* already: its end need not look at the cell then */
	row->lo = share->offset + extent->lo * element;
	row->width = extent->width * element;
	row->pitch = extent->pitch * element;
	row->rows = extent->rows;
	row->group = 0;
	row->stack = DEED_UNLIKELY(deed_options.loan_stacks) ? deed_ask_stack(me, frame) : 0;
	row->first_child = 0;
	row->next_piece = 0;
	if (DEED_UNLIKELY(task->parts & bit)) /* of one that was unwound */
		deed_slot_give(me, task->part_slots[share->index]);
	task->parts |= bit;
	task->part_slots[share->index] = deed_slot_of(row);
	word = row->word & ~DEED_LOAN_SLOT_MASK;
	loan = word | deed_slot_of(row);
	/* The bits of the task are among those by which it writes. */
	word |= inout ? deed_trap_rights.writes : deed_trap_rights.writes & ~DEED_LOAN_WRITES;
	__atomic_store_n(&row->word, word, __ATOMIC_RELEASE);
	deed_leave(me);
	return loan;
}

/* Which elements of a share a part has; false if it is not for the quick way. */
static inline bool find_extent(const struct deed_share *share, const struct deed_part *part,
			       struct deed_extent *ret)
{
	/* What was shared out by index overflows nowhere. */
	if (DEED_LIKELY(share->rule.kind == DEED_RULE_INDEX)) {
		*ret = (struct deed_extent){ part->lo * share->rule.a,
					     (part->hi - part->lo) * share->rule.a, 0, 1 };
		return ret->width;
	}
	deed_share_extent_(share, part, ret);
	return ret->width && ret->rows && is_as_told(share, part, ret);
}

static DEED_COLD void show(const struct deed_grant *grant, const struct deed_extent *extent,
			   unsigned flags, const void *frame, const struct deed_site *at)
{
	const size_t element = at->element_bytes;

	deed_show_loan(grant->data,
		       (struct deed_region){ 0, extent->width * element, extent->pitch * element,
					     extent->rows },
		       flags & DEED_LEND_INOUT, frame);
}

DEED_EXPORT struct deed_grant deed_trap_part(struct deed_part *part,
					     const struct deed_share_source *source, unsigned flags,
					     struct deed_extent *ret, const void *frame,
					     size_t element, const struct deed_site *at)
{
	const struct deed_share *const share = share_of(part->plan, source);
	struct deed_thread *const me = deed_self;
	struct deed_grant grant;

	/* Outside of the ledger: a rule may be the program's own function. */
	if (DEED_UNLIKELY(!share || !me || !me->task || me->task->part != part || me->inside) ||
	    DEED_UNLIKELY(share->lent == 0 || share->lent == DEED_LOAN_REFUSED) ||
	    DEED_UNLIKELY(share->element_bytes != element) ||
	    DEED_UNLIKELY(!is_taken_right(share, flags)) ||
	    DEED_UNLIKELY(!is_intact(me->task, part)) ||
	    DEED_UNLIKELY(!find_extent(share, part, ret)) || DEED_UNLIKELY(!is_live(share->lent)))
		return take_otherwise(part, source, share, flags, ret, frame, at);
	grant.data = share->base + ret->lo * element;
	grant.loan = taken_before(me->task, share->index);
	if (!grant.loan)
		grant.loan = take(me, share, ret, frame, at);
	if (DEED_UNLIKELY(deed_options.tsan))
		show(&grant, ret, flags, frame, at);
	return grant;
}

/* ---- parts end ------------------------------------------------------------------------------ */

/* A part that nothing was lent of, or nothing any more: no lock. The rest of its row is as it was
 * filled in; the thread that ended it is the one that took it. */
static inline bool end_quickly(struct deed_loan *row, const struct deed_site *at)
{
	uint64_t word = deed_loan_word(row), next;

	if (DEED_UNLIKELY((word & DEED_LOAN_CHILD) || !(word & DEED_LOAN_LIVE)))
		return false;
	next = ((word & ~DEED_LOAN_SLOT_MASK) + ((uint64_t)1 << DEED_LOAN_SLOT_BITS)) |
	       DEED_LOAN_DIRTY;
	row->end_site = at;
	if (deed_lock_is_alone()) {
		__atomic_store_n(&row->word, next, __ATOMIC_RELEASE);
		return true;
	}
	return __atomic_compare_exchange_n(&row->word, &word, next, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_RELAXED);
}

void deed_parts_end(struct deed_thread *me, struct deed_task *task, const struct deed_site *at)
{
	for (uint32_t left = task->parts; left; left &= left - 1) {
		const uint32_t slot = task->part_slots[__builtin_ctz(left)];
		struct deed_loan *const row = deed_loan_at(slot);

		if (!end_quickly(row, at))
			(void)deed_end_loan(me, deed_loan_id(row, slot), 0, at);
		deed_slot_give(me, slot);
	}
	task->parts = 0;
}
