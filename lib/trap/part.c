/* SPDX-License-Identifier: MIT
 *
 * lib/trap/part.c - parts of shares are taken by tasks, and end with them.
 *
 * That no two parts meet was looked at when the buffer was shared out. So a part needs to be
 * compared with nothing: its row is filled in with no lock held, and is in no list. A task has at
 * most one part of each share of its plan, and knows their rows. These are the number's own,
 * a few that its tasks use in turn, so that they are near; where these are all taken they are from
 * the thread's. A part is a loan as any other to who uses it or lends of it. Its parent is the
 * share's first row, which does not know of it: where a share ends before its parts, which only a
 * mistake brings about, the table is searched for them (tree.c). What must not be taken so,
 * taking.c tells of.
 */
#include "share.h"

#include "end.h"
#include "layout.h"
#include "options.h"
#include "rights.h"
#include "slots.h"
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
 * true memory, if it is there; of which nothing, where it would have more than there is. As other
 * elements than those that were shared out, it has as many as lie in its own. */
static struct deed_grant refuse(struct deed_thread *me, const struct deed_share *share,
				struct deed_extent *extent, size_t element)
{
	const size_t len = share->len & DEED_LEN_MAX, own = share->element_bytes;
	struct deed_region region;
	const bool fits = deed_extent_fits(extent, len, own, &region);
	struct deed_grant grant;

	if (fits && own != element) {
		extent->width = element ? extent->width * own / element : 0;
		extent->pitch = element ? extent->pitch * own / element : 0;
	}
	if (!fits || !extent->width) {
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

/* Whether it is taken as it was shared out, or to be read only. */
static inline bool is_taken_as(const struct deed_share *share, uint64_t as)
{
	const uint64_t inout = deed_taken_as_(0, DEED_LEND_INOUT);

	return DEED_LIKELY(as == share->taken_as) ||
	       (!(as & inout) && (as | inout) == share->taken_as);
}

static inline bool is_as_told(const struct deed_share *share, const struct deed_part *part,
			      const struct deed_extent *extent)
{
	const struct deed_range *const told = share->told ? &share->told[part->index] : NULL;

	return !told ||
	       (extent->width == told->hi - told->lo && (!extent->width || extent->lo == told->lo));
}

static inline bool is_live(uint64_t word, uint64_t loan)
{
	return DEED_LIKELY(deed_word_is(word, loan)) && DEED_LIKELY(word & DEED_LOAN_LIVE);
}

bool deed_part_is_of(const struct deed_thread *me, const struct deed_plan *plan)
{
	const struct deed_task *task = me->task;

	while (task && task->team && task->plan != plan)
		task = task->team->outer;
	return task && task->team;
}

/* Whether a share that has ended has a source yet: then it was not that which ended it, but that
 * the parts of its plan are done, of which this one is a copy. */
static bool has_source(const struct deed_share_source *source)
{
	return source->owner ? deed_share_base(source->owner) != NULL
			     : deed_loan_is_live(source->loan);
}

static struct deed_finding *taking_of_ended(struct deed_thread *me, struct deed_taking *taking)
{
	const uint64_t lent = taking->share->lent;

	if (!has_source(taking->source))
		return deed_loan_ended(me, lent, DEED_E11, taking->frame, taking->at);
	taking->before = taking->share;
	taking->share = NULL;
	return deed_taking_of_unshared(me, taking);
}

/* There is something to say, or nothing to record. */
static DEED_COLD struct deed_grant take_otherwise(const struct deed_part *part,
						  const struct deed_share_source *source,
						  uint64_t as, struct deed_extent *extent,
						  const void *frame, const struct deed_site *at)
{
	const size_t element = at->element_bytes;
	const unsigned flags = (unsigned)(as >> 32);
	struct deed_grant grant = { (void *)(uintptr_t)source->data, 0 };
	const struct deed_part said = deed_part_said(part);
	struct deed_taking taking = { part, source, NULL, NULL, flags, frame, at };
	struct deed_thread *me = deed_enter();
	const struct deed_share *share = NULL;
	struct deed_finding *finding = NULL;

	if (me) {
		deed_task_see(me, frame, at);
		if (deed_part_is_of(me, said.plan) && said.index < said.plan->parts)
			taking.share = share = share_of(said.plan, source);
		deed_leave(me);
	}

	/* What has no elements has none for any part. */
	if (!(source->len & DEED_LEN_MAX)) {
		*extent = (struct deed_extent){ 0, 0, flags & DEED_LEND_TILE ? 1 : 0, 1 };
		return grant;
	}
	if (share)
		deed_share_extent_(share, &said, extent);
	else
		*extent = (struct deed_extent){ 0, 0, 0, 1 };
	me = deed_enter();
	if (!me) {
		deed_reentered(at, frame);
		return share ? refuse(deed_self, share, extent, element)
			     : deed_refused(deed_self, NULL, 0);
	}
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
	else if (share->lent && !deed_loan_is_live(share->lent))
		finding = extent->width && extent->rows ? taking_of_ended(me, &taking) : NULL;
	else if (!is_as_told(share, part, extent))
		finding = deed_taking_of_other_range(me, &taking, extent);
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

/* ---- rows ----------------------------------------------------------------------------------- */

/* The number's own are not there yet; or are all taken, or used up: then it is the thread's. */
static DEED_COLD struct deed_loan *row_otherwise(struct deed_thread *me, struct deed_task *task)
{
	struct deed_task_card *const card = &deed_task_cards[task->number];

	if (!card->rows && (card->rows = deed_slots_block(DEED_PART_ROWS))) {
		task->rows = deed_loan_at(card->rows);
		return &task->rows[task->row_next++];
	}
	return deed_slot_take_in_task(me);
}

/* One of the number's own; null if there is none. It is used up when half of its generations are:
 * one bit says so. */
static inline struct deed_loan *row_take(struct deed_task *task)
{
	const uint64_t not_free = DEED_LOAN_LIVE | DEED_LOAN_ORPHAN | (uint64_t)1 << 63;
	struct deed_loan *row;

	if (DEED_UNLIKELY(!task->rows))
		return NULL;
	row = &task->rows[task->row_next % DEED_PART_ROWS];
	if (DEED_UNLIKELY(deed_loan_word(row) & not_free))
		return NULL;
	task->row_next++;
	return row;
}

void deed_part_row_give(struct deed_thread *me, struct deed_loan *row)
{
	const uint32_t own = deed_task_cards[row->task].rows;

	if (!own || deed_slot_of(row) - own >= DEED_PART_ROWS)
		deed_slot_give(me, deed_slot_of(row));
}

/* ---- a part is taken ------------------------------------------------------------------------ */

/* Records the part's loan. `whole`: the share's row. */
static inline __attribute__((always_inline)) uint64_t record(
	struct deed_thread *me, struct deed_task *task, struct deed_loan *row,
	const struct deed_share *share, const struct deed_loan *whole, struct deed_extent extent,
	size_t element, const void *frame, const struct deed_site *at)
{
	const size_t lo = extent.lo * element;
	const uint64_t inout = share->is_inout; /* 0 or 1 */
	const uint32_t index = share->index;
	const uint64_t parent = deed_slot_of(whole);
	uint64_t word = row->word & ~DEED_LOAN_SLOT_MASK;
	const uint64_t loan = word | deed_slot_of(row);

	row->site = at;
	row->frame = (uintptr_t)frame;
	deed_loan_set_place(row, deed_loan_cell(whole) | parent << 32);
	deed_loan_set_who(row, task->who | inout * DEED_WHO_IS_INOUT);
	row->sequence = me->loans_taken++;
	/* As it will end: then its word alone is written. */
	row->end_site = task->at;
	row->ended_in = whole->ended_in;
	row->lo = share->offset + lo;
	row->width = extent.width * element;
	row->pitch = extent.pitch * element;
	row->rows = extent.rows;
	row->group = deed_tale_of_part_row(task->index, task->turn);
	row->stack = 0;
	row->first_child = 0;
	row->data = share->base + lo;
	row->element_bytes = (uint32_t)element;
	row->next_piece = 0;
	task->parts = (uint16_t)(task->parts | 1 << index);
	task->part_rows[index] = row;
	/* The bits of the task are among those by which it writes. */
	word |= inout ? deed_trap_rights.writes : deed_trap_rights.writes & ~DEED_LOAN_WRITES;
	__atomic_store_n(&row->word, word, __ATOMIC_RELEASE);
	return loan;
}

/* What the options ask for of each loan. */
static void watch(struct deed_thread *me, struct deed_grant grant, const struct deed_extent *extent,
		  unsigned flags, const void *frame, const struct deed_site *at)
{
	const size_t element = at->element_bytes;

	if (deed_options.loan_stacks) {
		me->inside = 1;
		deed_loan_at(deed_loan_slot(grant.loan))->stack = deed_ask_stack(me, frame);
		deed_leave(me);
	}
	deed_show_loan(grant.data,
		       (struct deed_region){ 0, extent->width * element, extent->pitch * element,
					     extent->rows },
		       flags & DEED_LEND_INOUT, frame);
}

/* The loan of the part of a share that the task has taken already; or 0: an unwinding ended it. */
static uint64_t taken_before(struct deed_thread *me, struct deed_task *task, uint32_t index)
{
	struct deed_loan *const row = task->part_rows[index];
	const uint64_t word = deed_loan_word(row);

	if (word & DEED_LOAN_LIVE)
		return deed_loan_id(row, deed_slot_of(row));
	task->parts = (uint16_t)(task->parts & ~(1 << index));
	deed_part_row_give(me, row);
	return 0;
}

/* Of any rule, for the first time or again, with any row. */
static __attribute__((noinline)) struct deed_grant take_by_rule(
	const struct deed_part *part, const struct deed_share_source *source, uint64_t as,
	struct deed_extent *ret, const void *frame, const struct deed_site *at)
{
	const size_t element = (uint32_t)as;
	struct deed_thread *const me = deed_self;
	struct deed_task *const task = me->task;
	const struct deed_share *const share = share_of(task->plan, source);
	struct deed_grant grant = { NULL, 0 };
	struct deed_loan *row;

	/* Outside of the ledger: a rule may be the program's own function. */
	deed_share_extent_(share, part, ret);
	if (!ret->width || !ret->rows || !is_as_told(share, part, ret))
		return take_otherwise(part, source, as, ret, frame, at);
	grant.data = share->base + ret->lo * element;
	me->inside = 1;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (task->parts >> share->index & 1)
		grant.loan = taken_before(me, task, share->index);
	if (!grant.loan) {
		row = row_take(task);
		if (!row)
			row = row_otherwise(me, task);
		grant.loan = record(me, task, row, share, deed_loan_at(deed_loan_slot(share->lent)),
				    *ret, element, frame, at);
	}
	deed_leave(me);
	if (DEED_UNLIKELY(task->is_watched))
		watch(me, grant, ret, (unsigned)(as >> 32), frame, at);
	return grant;
}

/* Not a constant to the compiler, which would make a vector of two of them, on a cache line of its
 * own. */
static inline size_t one(void)
{
	size_t n = 1;

	__asm__("" : "+r"(n));
	return n;
}

/* By index, which is most often, it calls nothing, so that all it has is in registers. */
DEED_EXPORT struct deed_grant deed_trap_part(struct deed_part *part,
					     const struct deed_share_source *source, uint64_t as,
					     struct deed_extent *ret, const void *frame,
					     const struct deed_site *at)
{
	const size_t element = (uint32_t)as;
	struct deed_thread *const me = deed_self;
	struct deed_task *const task = me ? me->task : NULL;
	const struct deed_plan *plan;
	const struct deed_share *share;
	const struct deed_loan *whole;
	struct deed_extent extent;
	struct deed_grant grant;
	struct deed_loan *row;
	size_t each;

	if (DEED_UNLIKELY(!task) || DEED_UNLIKELY(task->part != part || me->inside))
		return take_otherwise(part, source, as, ret, frame, at);
	plan = part->plan;
	if (DEED_UNLIKELY(task->plan != plan))
		return take_otherwise(part, source, as, ret, frame, at);
	share = share_of(plan, source);
	if (DEED_UNLIKELY(!share) || DEED_UNLIKELY(!is_taken_as(share, as)) ||
	    DEED_UNLIKELY(!is_intact(task, part)))
		return take_otherwise(part, source, as, ret, frame, at);
	whole = deed_loan_at(deed_loan_slot(share->lent));
	if (DEED_UNLIKELY(!is_live(deed_loan_word(whole), share->lent)))
		return take_otherwise(part, source, as, ret, frame, at);
	/* What was shared out by index overflows nowhere. */
	each = share->rule.a;
	extent = (struct deed_extent){ part->lo * each, (part->hi - part->lo) * each, 0, one() };
	if (DEED_UNLIKELY(share->rule.kind != DEED_RULE_INDEX) || DEED_UNLIKELY(!extent.width) ||
	    DEED_UNLIKELY(task->parts >> share->index & 1) || DEED_UNLIKELY(task->is_watched))
		return take_by_rule(part, source, as, ret, frame, at);
	me->inside = 1;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	row = row_take(task);
	if (DEED_UNLIKELY(!row)) {
		deed_leave(me);
		return take_by_rule(part, source, as, ret, frame, at);
	}
	ret->width = extent.width;
	grant.data = share->base + extent.lo * element;
	grant.loan = record(me, task, row, share, whole, extent, element, frame, at);
	deed_leave(me);
	return grant;
}

/* ---- parts end ------------------------------------------------------------------------------ */

/* One of which something is lent, or which has ended otherwise, or whose row is not its number's.
 */
static void end_slowly(struct deed_thread *me, struct deed_task *task, struct deed_loan *row)
{
	if (row->word & DEED_LOAN_LIVE)
		(void)deed_end_loan(me, deed_loan_id(row, deed_slot_of(row)), 0, task->at);
	deed_part_row_give(me, row);
}

void deed_parts_end(struct deed_thread *me, struct deed_task *task)
{
	while (!deed_parts_end_quickly(task)) {
		const unsigned left = task->parts;

		end_slowly(me, task, task->part_rows[__builtin_ctz(left)]);
		task->parts = (uint16_t)(left & (left - 1));
	}
}
