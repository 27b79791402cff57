/* SPDX-License-Identifier: MIT
 *
 * lib/trap/lend.c - loans begin.
 *
 * The quick way, for a loan of a whole buffer with no region loans, is one
 * compare-and-swap of the cell's word:
 *
 *     begin    fill a free row; word += reader, or |= WRITER; row LIVE
 *     end      row: LIVE -> next generation; word -= reader, or &= ~WRITER      (end.c)
 *
 * The row is complete before the word says that it is there. Whatever else - a region, a
 * child, a conflict - goes through tree.c under the shard lock.
 */
#include "deed/lend.h"

#include "guard.h"
#include "owner.h"
#include "raw.h"
#include "rights.h"
#include "story.h"
#include "tree.h"

static const struct deed_grant nothing;

/* ---- refused -------------------------------------------------------------------------------- */

/* What continue mode goes on with: the true memory, unrecorded. */
static struct deed_grant refused(void *data, size_t len)
{
	const struct deed_grant grant = { data, DEED_LOAN_REFUSED };

	deed_self->refused_len = len;
	return grant;
}

DEED_EXPORT size_t deed_trap_refused_len(void)
{
	return deed_self->refused_len;
}

/* The memory is gone: zeroed scratch of the asked length, or of none. */
static struct deed_grant refused_scratch(struct deed_thread *me, size_t len, size_t element)
{
	size_t bytes;
	void *data = NULL;

	if (!__builtin_mul_overflow(len, element, &bytes) && bytes)
		data = deed_thread_scratch(me, bytes);
	return refused(data, data ? len : 0);
}

/* ---- guards --------------------------------------------------------------------------------- */

/* ---- beginning ------------------------------------------------------------------------------ */

/* E10 of static data. */
static struct deed_finding *static_inout(struct deed_thread *me, uint32_t cell,
					 const struct deed_ask *ask)
{
	const struct deed_plain name = deed_plain(ask->at->text);
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E10, ask->at, ask->frame);

	deed_finding_cell(finding, cell);
	deed_finding_event(finding, cell, 0, DEED_ROLE_ADOPTED);
	deed_finding_say(finding, "`%s` is static data: it can be borrowed, not lent for writing",
			 name.text);
	return finding;
}

static struct deed_finding *outside(struct deed_thread *me, const struct deed_ask *ask, size_t lo,
				    size_t width, size_t rows, size_t len, uint32_t cell)
{
	const struct deed_plain name = deed_plain(ask->at->text);
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E15, ask->at, ask->frame);

	if (cell) {
		deed_finding_cell(finding, cell);
		deed_finding_event(finding, cell, 0, DEED_ROLE_ALLOCATED);
	}
	if (rows != 1)
		deed_finding_say(finding, "the tile does not lie inside the %zu elements of `%s`",
				 len, name.text);
	else if (width == SIZE_MAX)
		deed_finding_say(
			finding,
			"the range of `%s` begins at %zu, after its end (it has %zu elements)",
			name.text, lo, len);
	else
		deed_finding_say(finding, "[%zu, %zu) does not lie inside the %zu elements of `%s`",
				 lo, lo + width, len, name.text);
	return finding;
}

/* Whether an extent lies inside `len` elements, and which bytes it is from there. */
static bool extent_fits(const struct deed_extent *part, size_t len, size_t element,
			struct deed_region *ret)
{
	size_t last, hi;

	ret->lo = part->lo * element;
	ret->width = part->width * element;
	ret->pitch = part->pitch * element;
	ret->rows = part->rows;
	if (part->lo > len || part->lo == SIZE_MAX)
		return false;
	if (part->rows == 0 || part->width == 0)
		return true;
	if (__builtin_mul_overflow(part->rows - 1, part->pitch, &last) ||
	    __builtin_add_overflow(last, part->width, &hi) ||
	    __builtin_add_overflow(hi, part->lo, &hi))
		return false;
	return hi <= len;
}

static bool is_nothing(struct deed_region region)
{
	return !region.width || !region.rows;
}

/* The slow way of a whole-buffer loan: whatever the quick way could not decide. */
static DEED_COLD struct deed_grant lend_slowly(struct deed_thread *me,
					       const struct deed_owner *owner,
					       const struct deed_extent *part, unsigned flags,
					       const void *frame, const struct deed_site *at)
{
	struct deed_ask ask = { .at = at,
				.frame = frame,
				.is_inout = flags & DEED_LEND_INOUT,
				.is_guard = flags & DEED_LEND_GUARD,
				.stack = deed_ask_stack(me, frame) };
	struct deed_finding *finding = NULL;
	struct deed_grant grant = nothing;
	size_t len = 0;
	struct deed_cell *cell;
	bool may_retry = deed_guard_is_dead(me, frame);

	if (ask.is_guard) {
		(void)deed_guards_end_jumped_over(me, at, frame);
		ask.group = deed_invocation(me, at, frame);
	}
again:
	ask.cell = deed_owner_open(me, owner, DEED_USE_ANY, frame, at, &finding);
	if (!ask.cell) {
		deed_raise(me, finding);
		return refused_scratch(me, part ? part->width : owner->len, at->element_bytes);
	}
	cell = deed_cell_at(ask.cell);
	grant.data = cell->base;
	len = cell->count;
	ask.region = (struct deed_region){ 0, deed_cell_bytes(cell), 0, 1 };
	if (ask.is_inout && cell->kind == DEED_KIND_STATIC) {
		finding = static_inout(me, ask.cell, &ask);
	} else if (part) {
		if (!extent_fits(part, cell->count, cell->element_bytes, &ask.region)) {
			finding = outside(me, &ask, part->lo, part->width, part->rows, cell->count,
					  ask.cell);
			len = 0;
		} else {
			grant.data = (char *)cell->base + ask.region.lo;
			len = part->width;
		}
	}
	if (!finding && !is_nothing(ask.region)) {
		if (may_retry && deed_would_conflict(&ask)) {
			/* Perhaps with a guard that was jumped over: that is E14, and no conflict.
			 */
			may_retry = false;
			deed_shard_give(ask.cell);
			(void)deed_guards_end_jumped_over(me, at, frame);
			goto again;
		}
		grant.loan = part ? deed_admit(me, &ask, &finding)
				  : deed_admit_whole(me, &ask, &finding);
	}
	deed_shard_give(ask.cell);
	if (!finding) {
		deed_leave(me);
		return grant;
	}
	deed_raise(me, finding);
	return refused(grant.data, len);
}

/* The quick way was not possible: the thread is new, has no slots left, or is inside; or there is
 * something to decide. */
static DEED_COLD struct deed_grant lend_otherwise(const struct deed_owner *owner, unsigned flags,
						  const void *frame, const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();

	if (!me) {
		deed_reentered(at, frame);
		return refused(NULL, 0);
	}
	return lend_slowly(me, owner, NULL, flags, frame, at);
}

/* Written for its machine code: every cold end is a tail call, so that nothing is saved on the
 * stack; and few stores, because the compare-and-swap waits for all of them. */
DEED_INLINE struct deed_grant lend_quickly(const struct deed_owner *owner, unsigned flags,
					   const void *frame, const struct deed_site *at,
					   const bool is_guard)
{
	const uint64_t is_inout = flags & DEED_LEND_INOUT;
	struct deed_thread *const me = deed_self;
	uint64_t handle, word, row_word, wrong;
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
	row->who = DEED_WHO_WHOLE(me->id, flags);
	row->sequence = me->loans_taken;
	if (is_guard) {
		row->group = deed_invocation(me, at, frame);
		row->next_guard = me->guards;
	}

	handle = deed_handle_word(owner);
	cell = deed_cell_at(deed_word_slot(handle));
	row->place = deed_word_slot(handle);
	if (DEED_UNLIKELY(!cell))
		goto otherwise;
	word = deed_cell_word(cell);
	/* The generation, LOCK and loans in the way, the tag; and then that the handle, the buffer
	 * and the verb agree on what the elements are. */
	wrong = deed_word_generation(handle ^ word);
	wrong |= word & (DEED_CELL_LOCK | DEED_CELL_REGIONS | DEED_CELL_WRITER |
			 (-is_inout & DEED_CELL_READERS));
	wrong |= deed_word_tag(handle) ^ DEED_TAG_LIVE;
	if (DEED_UNLIKELY(wrong) || DEED_UNLIKELY(owner->len != cell->quick_len) ||
	    DEED_UNLIKELY(cell->element_bytes != row->site->element_bytes))
		goto otherwise;
	row_word = row->word;
	if (DEED_UNLIKELY(row_word & DEED_LOAN_SLOT_MASK)) {
		deed_loan_neutral(row);
		row_word &= ~DEED_LOAN_SLOT_MASK;
	}
	if (DEED_UNLIKELY(!__atomic_compare_exchange_n(
		    &cell->word, &word, word + 1 + (-is_inout & (DEED_CELL_WRITER - 1)), false,
		    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)))
		goto otherwise;
	__atomic_store_n(&row->word, row_word | DEED_LOAN_LIVE | is_inout << 1, __ATOMIC_RELEASE);
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
	return lend_otherwise(owner,
			      (unsigned)(row->who >> 32) & (DEED_LEND_INOUT | DEED_LEND_GUARD),
			      (const void *)row->frame, at);
}

static __attribute__((noinline)) struct deed_grant lend_guard(const struct deed_owner *owner,
							      unsigned flags, const void *frame,
							      const struct deed_site *at)
{
	return lend_quickly(owner, flags, frame, at, true);
}

DEED_EXPORT struct deed_grant deed_trap_lend(const struct deed_owner *owner, unsigned flags,
					     const void *frame, const struct deed_site *at)
{
	if (flags & DEED_LEND_GUARD)
		return lend_guard(owner, flags, frame, at);
	return lend_quickly(owner, flags, frame, at, false);
}

DEED_EXPORT struct deed_grant deed_trap_lend_part(const struct deed_owner *owner, unsigned flags,
						  const struct deed_extent *part, const void *frame,
						  const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();

	if (!me) {
		deed_reentered(at, frame);
		return refused(NULL, 0);
	}
	return lend_slowly(me, owner, part, flags, frame, at);
}

/* ---- loans of loans ------------------------------------------------------------------------- */

/* Marks the parent as having children, unless it has ended: the quick end looks at this mark. */
static bool mark_parent(struct deed_loan *row, uint64_t loan)
{
	uint64_t word = deed_loan_word(row);

	while (deed_word_is(word, loan) && (word & DEED_LOAN_LIVE))
		if (__atomic_compare_exchange_n(&row->word, &word, word | DEED_LOAN_CHILD, false,
						__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			return true;
	return false;
}

/* And takes the mark off again if no child came of it. */
static void unmark_parent(struct deed_loan *row)
{
	if (!row->first_child)
		__atomic_and_fetch(&row->word, ~DEED_LOAN_CHILD, __ATOMIC_ACQ_REL);
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
	struct deed_grant grant = nothing;
	const struct deed_cell *cell;
	size_t asked;
	bool fits;

	if (!me) {
		deed_reentered(at, frame);
		return refused(NULL, 0);
	}
	ask.stack = deed_ask_stack(me, frame);
	if (ask.is_guard) {
		(void)deed_guards_end_jumped_over(me, at, frame);
		ask.group = deed_invocation(me, at, frame);
	}
	fits = extent_fits(part, len, at->element_bytes, &ask.region);
	grant.data = (char *)(uintptr_t)data + (fits ? ask.region.lo : 0);
	asked = fits ? part->width : 0;
	if (source == DEED_LOAN_REFUSED) {
		deed_leave(me);
		return refused(grant.data, asked);
	}
	if (!source && fits && is_nothing(ask.region)) {
		deed_leave(me);
		return grant;
	}
	if (!source || parent >= deed_loans_made()) {
		finding = !source ? outside(me, &ask, part->lo, part->width, part->rows, len, 0)
				  : deed_loan_ended(me, source, DEED_E11, frame, at);
		deed_raise(me, finding);
		return refused(grant.data, 0);
	}

	ask.cell = row->cell;
	deed_shard_take(ask.cell);
	if (row->cell != ask.cell || !mark_parent(row, source)) {
		deed_shard_give(ask.cell);
		finding = deed_loan_ended(me, source, DEED_E11, frame, at);
		deed_raise(me, finding);
		return refused_scratch(me, asked, at->element_bytes);
	}
	cell = deed_cell_at(ask.cell);
	ask.region.lo += (size_t)((uintptr_t)data - (uintptr_t)cell->base);
	if (!fits || ask.region.lo > deed_cell_bytes(cell))
		finding = outside(me, &ask, part->lo, part->width, part->rows, len, ask.cell);
	else if (is_nothing(ask.region))
		grant.loan = 0;
	else if (!deed_region_holds(deed_loan_region(row), ask.region))
		finding = outside(me, &ask, part->lo, part->width, part->rows, len, ask.cell);
	else if (ask.is_inout && !row->is_inout)
		finding = inout_from_borrowed(me, parent, &ask);
	else
		grant.loan = deed_admit(me, &ask, &finding);
	unmark_parent(row);
	deed_shard_give(ask.cell);
	if (!finding) {
		deed_leave(me);
		return grant;
	}
	deed_raise(me, finding);
	return refused(grant.data, asked);
}

/* ---- raw memory ----------------------------------------------------------------------------- */

DEED_EXPORT struct deed_grant deed_trap_lend_raw(const void *data, size_t count, unsigned flags,
						 const void *frame, const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	struct deed_ask ask = {
		.at = at, .frame = frame, .is_inout = flags & DEED_LEND_INOUT, .is_guard = true
	};
	struct deed_finding *finding = NULL;
	struct deed_grant grant = { (void *)(uintptr_t)data, 0 };
	size_t len = count;
	const struct deed_plain name = deed_plain(at->text);
	size_t bytes = 0;

	if (!me) {
		deed_reentered(at, frame);
		return refused((void *)(uintptr_t)data, count);
	}
	ask.stack = deed_ask_stack(me, frame);
	(void)deed_guards_end_jumped_over(me, at, frame);
	if (__builtin_mul_overflow(count, at->element_bytes, &bytes) ||
	    bytes > SIZE_MAX - (uintptr_t)data) {
		finding = deed_finding_begin(me, DEED_E15, at, frame);
		deed_finding_say(finding, "%zu elements at `%s` would pass the end of memory",
				 count, name.text);
		len = 0;
	} else if (!data && bytes) {
		finding = deed_finding_begin(me, DEED_E18, at, frame);
		deed_finding_say(finding, "`%s` is a null pointer, but %zu elements of it are lent",
				 name.text, count);
		len = 0;
	} else if (bytes) {
		ask.group = deed_invocation(me, at, frame);
		grant.loan = deed_raw_lend(me, &ask, data, bytes, &finding);
	}
	if (!finding) {
		deed_leave(me);
		return grant;
	}
	deed_raise(me, finding);
	return refused(grant.data, len);
}
