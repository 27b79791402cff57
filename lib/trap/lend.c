/* SPDX-License-Identifier: MIT
 *
 * lib/trap/lend.c - loans begin and end.
 *
 * The quick way, for a loan of a whole buffer with no region loans, is one
 * compare-and-swap of the cell's word:
 *
 *     begin    fill a free row; word += reader, or |= WRITER; row LIVE
 *     end      row: LIVE -> next generation; word -= reader, or &= ~WRITER
 *
 * The row is complete before the word says that it is there. Whatever else - a region, a
 * child, a conflict - goes through tree.c under the shard lock.
 *
 * Guards are loans that their block ends. A thread's guards are a list, newest first, which
 * only that thread touches; a guard's row is not used again before its own end has come by,
 * whatever else ended it. A guard that was jumped over is noticed when another guard of its
 * thread begins or ends in a shallower frame of the same stack (E14).
 */
#include "deed/lend.h"

#include <string.h>

#include "lock.h"
#include "options.h"
#include "owner.h"
#include "raw.h"
#include "rights.h"
#include "stack.h"
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

static void raise_outlived(struct deed_thread *me, uint32_t slot, const struct deed_site *at,
			   const void *frame)
{
	const struct deed_loan *const row = deed_loan_at(slot);
	const struct deed_plain name = deed_plain(row->site->text);
	struct deed_finding *finding;
	const uint32_t cell = row->cell;

	deed_shard_take(cell);
	finding = deed_finding_begin(me, DEED_E14, at, frame);
	deed_finding_cell(finding, cell);
	deed_finding_loan(finding, slot);
	deed_finding_event(finding, cell, 0, DEED_ROLE_ALLOCATED);
	deed_finding_say(finding,
			 "the block in `%s` that lent `%s` was left without ending the loan "
			 "(longjmp, or a thread that exited inside it)",
			 row->site->function, name.text);
	deed_shard_give(cell);
	deed_raise(me, finding);
	me->inside = 1;
}

/* Ends a loan whatever it is, and frees its slot. True if it was live. Inside, no lock. */
static bool end_loan(struct deed_thread *me, uint64_t loan, const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	struct deed_loan *const row = deed_loan_at(slot);
	const uint32_t cell = row->cell;
	const bool is_raw = row->is_raw;
	bool ended;

	if (is_raw)
		deed_raw_lock();
	deed_shard_take(cell);
	ended = deed_end_tree(me, slot, loan, at);
	deed_shard_give(cell);
	if (is_raw) {
		if (ended)
			deed_raw_end_rest(me, row, at);
		deed_raw_unlock();
	}
	return ended;
}

static void unlink_guard(struct deed_thread *me, uint32_t slot)
{
	for (uint32_t *at = &me->guards; *at; at = &deed_loan_at(*at)->next_guard)
		if (*at == slot) {
			*at = deed_loan_at(slot)->next_guard;
			return;
		}
}

/* The end of a guard's row, once: `loan` was its loan. */
static void retire_guard(struct deed_thread *me, uint32_t slot)
{
	struct deed_loan *const row = deed_loan_at(slot);

	unlink_guard(me, slot);
	__atomic_store_n(&row->word, (row->word & ~DEED_LOAN_SLOT_MASK) | DEED_LOAN_DIRTY,
			 __ATOMIC_RELEASE);
	deed_slot_give(me, slot);
}

/* Guards in frames deeper than `frame`, on the same stack, were jumped over. How many were. */
static size_t end_jumped_over(struct deed_thread *me, const struct deed_site *at,
			      const void *frame)
{
	const uintptr_t here = (uintptr_t)frame;
	size_t ended = 0;

	if (!me->guards || !deed_on_own_stack(me, here))
		return 0;
	for (uint32_t slot = me->guards, next; slot; slot = next) {
		struct deed_loan *const row = deed_loan_at(slot);

		next = row->next_guard;
		if (row->frame >= here || !deed_on_own_stack(me, row->frame))
			continue;
		if (deed_loan_word(row) & DEED_LOAN_LIVE) {
			raise_outlived(me, slot, at, frame);
			(void)end_loan(me, deed_loan_id(row, slot), at);
		}
		retire_guard(me, slot);
		ended++;
	}
	return ended;
}

void deed_guards_end_with_thread(struct deed_thread *me)
{
	while (me->guards) {
		const uint32_t slot = me->guards;
		struct deed_loan *const row = deed_loan_at(slot);

		me->inside = 1;
		if (deed_loan_word(row) & DEED_LOAN_LIVE) {
			raise_outlived(me, slot, row->site, NULL);
			(void)end_loan(me, deed_loan_id(row, slot), row->site);
		}
		retire_guard(me, slot);
		me->inside = 0;
	}
}

void deed_guards_end_with_process(struct deed_thread *me)
{
	static const struct deed_site here = { "", "exit", "", "", 0, 0, 0 };

	me->inside = 1;
	(void)end_jumped_over(me, &here, __builtin_frame_address(0));
	me->inside = 0;
}

/* ---- beginning ------------------------------------------------------------------------------ */

static bool is_dead_guard(const struct deed_thread *me, const void *frame)
{
	const uintptr_t here = (uintptr_t)frame;

	return me->guards && deed_on_own_stack(me, here) &&
	       deed_on_own_stack(me, deed_loan_at(me->guards)->frame) &&
	       deed_loan_at(me->guards)->frame < here;
}

/* E10 of static data. */
static struct deed_finding *static_inout(struct deed_thread *me, uint32_t cell,
					 const struct deed_ask *ask)
{
	const struct deed_plain name = deed_plain(ask->at->text);
	struct deed_finding *const finding =
		deed_finding_begin(me, DEED_E10, ask->at, ask->frame);

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
	struct deed_finding *const finding =
		deed_finding_begin(me, DEED_E15, ask->at, ask->frame);

	if (cell) {
		deed_finding_cell(finding, cell);
		deed_finding_event(finding, cell, 0, DEED_ROLE_ALLOCATED);
	}
	if (rows != 1)
		deed_finding_say(finding, "the tile does not lie inside the %zu elements of `%s`", len,
				 name.text);
	else if (width == SIZE_MAX)
		deed_finding_say(finding,
				 "the range of `%s` begins at %zu, after its end (it has %zu elements)",
				 name.text, lo, len);
	else
		deed_finding_say(finding, "[%zu, %zu) does not lie inside the %zu elements of `%s`", lo,
				 lo + width, len, name.text);
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
	struct deed_ask ask = { .at = at, .frame = frame, .is_inout = flags & DEED_LEND_INOUT,
				.is_guard = flags & DEED_LEND_GUARD };
	struct deed_finding *finding = NULL;
	struct deed_grant grant = nothing;
	size_t len = 0;
	struct deed_cell *cell;
	bool may_retry = is_dead_guard(me, frame);

	if (ask.is_guard) {
		(void)end_jumped_over(me, at, frame);
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
			/* Perhaps with a guard that was jumped over: that is E14, and no conflict. */
			may_retry = false;
			deed_shard_give(ask.cell);
			(void)end_jumped_over(me, at, frame);
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

/* Written for its machine code: every cold end is a tail call, so that nothing is saved on the stack;
 * and few stores, because the compare-and-swap waits for all of them. */
DEED_INLINE struct deed_grant lend_quickly(const struct deed_owner *owner, unsigned flags,
					   const void *frame, const struct deed_site *at,
					   const bool is_guard)
{
	const uint64_t is_inout = flags & DEED_LEND_INOUT;
	const uint64_t against = DEED_CELL_LOCK | DEED_CELL_REGIONS | DEED_CELL_WRITER |
				 (-is_inout & DEED_CELL_READERS);
	const uint64_t handle = deed_handle_word(owner);
	const uint32_t cell_slot = deed_word_slot(handle);
	struct deed_cell *const cell = deed_cell_at(cell_slot);
	struct deed_thread *const me = deed_self;
	struct deed_loan *const row = deed_next_row;
	struct deed_grant grant;
	uint64_t word, row_word;
	uint32_t slot;

	if (DEED_UNLIKELY(!cell) || DEED_UNLIKELY(!row) || DEED_UNLIKELY(me->inside) ||
	    DEED_UNLIKELY(deed_slots_count(me) <= DEED_SLOTS_KEPT))
		return lend_otherwise(owner, flags, frame, at);
	word = deed_cell_word(cell);
	/* The generation, LOCK, and loans in the way; that the tag is LIVE; that the handle, the buffer
	 * and the verb agree on what the elements are. */
	if (DEED_UNLIKELY(deed_word_generation(handle ^ word) | (word & against)) ||
	    DEED_UNLIKELY(deed_word_tag(handle) != DEED_TAG_LIVE) ||
	    DEED_UNLIKELY(owner->len != cell->quick_len) ||
	    DEED_UNLIKELY(cell->element_bytes != at->element_bytes))
		return lend_otherwise(owner, flags, frame, at);
	if (is_guard && DEED_UNLIKELY(is_dead_guard(me, frame)))
		return lend_otherwise(owner, flags, frame, at);

	me->inside = 1;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	row_word = row->word;
	if (DEED_UNLIKELY(row_word & DEED_LOAN_SLOT_MASK)) {
		deed_loan_neutral(row);
		row_word &= ~DEED_LOAN_SLOT_MASK;
	}
	row->site = at;
	row->frame = (uintptr_t)frame;
	row->place = cell_slot;
	row->who = DEED_WHO_WHOLE(me->id, flags);
	row->sequence = me->loans_taken;
	if (is_guard) {
		row->group = deed_invocation(me, at, frame);
		row->next_guard = me->guards;
	}
	if (DEED_UNLIKELY(!__atomic_compare_exchange_n(
		    &cell->word, &word, word + 1 + (-is_inout & (DEED_CELL_WRITER - 1)), false,
		    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))) {
		deed_leave(me);
		return lend_otherwise(owner, flags, frame, at);
	}
	__atomic_store_n(&row->word, row_word | DEED_LOAN_LIVE | is_inout << 1, __ATOMIC_RELEASE);
	deed_slot_advance(me);
	me->loans_taken++;
	slot = deed_slot_of(row);
	grant.data = cell->base;
	grant.loan = row_word | slot;
	if (is_guard)
		me->guards = slot;
	deed_leave(me);
	return grant;
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
						  const struct deed_extent *part,
						  const void *frame, const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();

	if (!me) {
		deed_reentered(at, frame);
		return refused(NULL, 0);
	}
	return lend_slowly(me, owner, part, flags, frame, at);
}

/* ---- loans of loans ------------------------------------------------------------------------- */

/* E11, with what is left of the loan's story. Under the shard lock of `cell`, or none. */
struct deed_finding *deed_loan_ended(struct deed_thread *me, uint64_t loan, enum deed_fault fault,
				     const void *frame, const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	const struct deed_loan *const row = slot < deed_loan_limit ? deed_loan_at(slot) : NULL;
	const struct deed_plain name = deed_plain(at->text);
	const uint64_t word = row ? deed_loan_word(row) : 0;
	/* The row still tells of this loan until the slot is used again. */
	const bool is_known = row && row->site && !(word & DEED_LOAN_LIVE) &&
			      word >> DEED_LOAN_SLOT_BITS == (loan >> DEED_LOAN_SLOT_BITS) + 1;
	const bool is_possible = row && word >> DEED_LOAN_SLOT_BITS > loan >> DEED_LOAN_SLOT_BITS;
	struct deed_finding *finding;

	finding = deed_finding_begin(me, is_possible ? fault : DEED_E18, at, frame);
	if (is_known) {
		const uint32_t cell = row->cell;

		deed_shard_take(cell);
		deed_finding_cell(finding, cell);
		deed_finding_loan_story(finding, slot);
		deed_finding_event(finding, cell, 0, DEED_ROLE_ALLOCATED);
		deed_shard_give(cell);
	} else if (is_possible) {
		deed_finding_event(finding, 0, -1, DEED_ROLE_ENDED);
	}
	if (!is_possible)
		deed_finding_say(finding, "the bits of `%s` name no loan", name.text);
	else if (fault == DEED_E12)
		deed_finding_say(finding, "the loan `%s` is ended here, but it was ended before",
				 name.text);
	else
		deed_finding_say(finding, "`%s` is used here, but its loan was ended before",
				 name.text);
	return finding;
}

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
	struct deed_finding *const finding =
		deed_finding_begin(me, DEED_E10, ask->at, ask->frame);

	deed_finding_cell(finding, ask->cell);
	deed_finding_loan(finding, slot);
	deed_finding_event(finding, ask->cell, 0, DEED_ROLE_ALLOCATED);
	deed_finding_say(finding, "`%s` is asked for writing, but it was lent read only", name.text);
	return finding;
}

DEED_EXPORT struct deed_grant deed_trap_reborrow(const void *data, size_t len, uint64_t source,
						 unsigned flags, const struct deed_extent *part,
						 const void *frame, const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	const uint32_t parent = deed_loan_slot(source);
	struct deed_loan *const row = deed_loan_at(parent);
	struct deed_ask ask = { .at = at, .frame = frame, .is_inout = flags & DEED_LEND_INOUT,
				.is_guard = flags & DEED_LEND_GUARD, .parent = parent };
	struct deed_finding *finding = NULL;
	struct deed_grant grant = nothing;
	const struct deed_cell *cell;
	size_t asked;
	bool fits;

	if (!me) {
		deed_reentered(at, frame);
		return refused(NULL, 0);
	}
	if (ask.is_guard) {
		(void)end_jumped_over(me, at, frame);
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
	struct deed_ask ask = { .at = at, .frame = frame, .is_inout = flags & DEED_LEND_INOUT,
				.is_guard = true };
	struct deed_finding *finding = NULL;
	struct deed_grant grant = { (void *)(uintptr_t)data, 0 };
	size_t len = count;
	const struct deed_plain name = deed_plain(at->text);
	size_t bytes = 0;

	if (!me) {
		deed_reentered(at, frame);
		return refused((void *)(uintptr_t)data, count);
	}
	(void)end_jumped_over(me, at, frame);
	if (__builtin_mul_overflow(count, at->element_bytes, &bytes) ||
	    bytes > SIZE_MAX - (uintptr_t)data) {
		finding = deed_finding_begin(me, DEED_E15, at, frame);
		deed_finding_say(finding, "%zu elements at `%s` would pass the end of memory", count,
				 name.text);
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

/* ---- ending --------------------------------------------------------------------------------- */

static struct deed_finding *wrong_source(struct deed_thread *me, uint64_t loan, const void *frame,
					 const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	const uint32_t cell = deed_loan_at(slot)->cell;
	const struct deed_plain name = deed_plain(at->text);
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E18, at, frame);

	deed_shard_take(cell);
	deed_finding_cell(finding, cell);
	deed_finding_loan(finding, slot);
	deed_finding_event(finding, cell, 0, DEED_ROLE_ALLOCATED);
	deed_shard_give(cell);
	deed_finding_say(finding, "the loan `%s` is ended here through a source that it is not of",
			 name.text);
	return finding;
}

/* Ends through deed_end(): `loan` is live or stale; sources have been compared. */
static void end_by_hand(struct deed_thread *me, uint64_t loan, const void *frame,
			const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	struct deed_loan *const row = deed_loan_at(slot);
	const bool is_guard = row->is_guard;
	uint64_t word;

	if (end_loan(me, loan, at)) {
		if (is_guard) /* its block comes by yet, and will hear that it came too late */
			__atomic_or_fetch(&row->word, DEED_LOAN_ORPHAN | DEED_LOAN_BY_HAND,
					  __ATOMIC_ACQ_REL);
		else
			deed_slot_give(me, slot);
		deed_leave(me);
		return;
	}
	/* Ended with its parent: fine, once. */
	word = deed_loan_word(row);
	if (word >> DEED_LOAN_SLOT_BITS == (loan >> DEED_LOAN_SLOT_BITS) + 1 &&
	    (word & DEED_LOAN_ORPHAN) && !(word & DEED_LOAN_BY_HAND)) {
		if (row->is_guard)
			__atomic_or_fetch(&row->word, DEED_LOAN_BY_HAND, __ATOMIC_ACQ_REL);
		else
			__atomic_and_fetch(&row->word, ~DEED_LOAN_ORPHAN, __ATOMIC_ACQ_REL);
		deed_leave(me);
		return;
	}
	deed_raise(me, deed_loan_ended(me, loan, DEED_E12, frame, at));
}

/* Everything but the quick end. */
static DEED_COLD void end_of_owner_slowly(const struct deed_owner *source, uint64_t loan,
					  const void *frame, const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	struct deed_thread *me;
	const struct deed_loan *row;
	uint64_t word;

	if (loan == 0 || loan == DEED_LOAN_REFUSED)
		return;
	me = deed_enter();
	if (!me) {
		deed_reentered(at, frame);
		return;
	}
	row = deed_loan_at(slot);
	word = slot < deed_loan_limit ? deed_loan_word(row) : 0;
	if (word >> DEED_LOAN_SLOT_BITS < loan >> DEED_LOAN_SLOT_BITS) {
		deed_raise(me, deed_loan_ended(me, loan, DEED_E12, frame, at));
		return;
	}
	if (deed_word_is(word, loan) && (word & DEED_LOAN_LIVE) &&
	    (row->parent || row->cell != deed_word_slot(deed_handle_word(source)) || row->is_raw)) {
		deed_raise(me, wrong_source(me, loan, frame, at));
		return;
	}
	end_by_hand(me, loan, frame, at);
}

DEED_EXPORT void deed_trap_end_of_owner(const struct deed_owner *source, uint64_t loan,
					const void *frame, const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	struct deed_thread *const me = deed_self;
	const uint64_t next =
		(loan & ~DEED_LOAN_SLOT_MASK) + ((uint64_t)1 << DEED_LOAN_SLOT_BITS);
	struct deed_loan *row;
	uint64_t word, is_inout;

	if (DEED_UNLIKELY(!me || me->inside || slot >= deed_loan_limit ||
			  deed_slots_count(me) == DEED_SLOTS_MAX)) {
		end_of_owner_slowly(source, loan, frame, at);
		return;
	}
	row = deed_loan_at(slot);
	is_inout = row->who >> 32 & 1;
	word = (loan & ~DEED_LOAN_SLOT_MASK) | DEED_LOAN_LIVE | is_inout << 1;
	/* A plain whole-buffer loan of this owner, taken by this thread. */
	if (DEED_UNLIKELY(row->word != word) ||
	    DEED_UNLIKELY(row->who != (DEED_WHO_WHOLE(me->id, 0) | is_inout << 32)) ||
	    DEED_UNLIKELY(row->place != deed_word_slot(deed_handle_word(source))) ||
	    DEED_UNLIKELY(next >> DEED_LOAN_SLOT_BITS == DEED_LOAN_GENERATION_MAX)) {
		end_of_owner_slowly(source, loan, frame, at);
		return;
	}
	me->inside = 1;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	row->end_site = at;
	if (DEED_UNLIKELY(!__atomic_compare_exchange_n(&row->word, &word, next, false,
						       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))) {
		deed_leave(me);
		end_of_owner_slowly(source, loan, frame, at);
		return;
	}
	__atomic_sub_fetch(&deed_cell_of_live(row->cell)->word,
			   1 + (-is_inout & (DEED_CELL_WRITER - 1)), __ATOMIC_RELEASE);
	me->slots[me->slots_tail % DEED_SLOTS_MAX] = slot;
	me->slots_tail++;
	deed_leave(me);
}

DEED_EXPORT void deed_trap_end_of_loan(uint64_t source, uint64_t loan, const void *frame, const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	struct deed_thread *me;
	const struct deed_loan *row;
	uint64_t word;

	if (loan == 0 || loan == DEED_LOAN_REFUSED)
		return;
	me = deed_enter();
	if (!me) {
		deed_reentered(at, frame);
		return;
	}
	row = deed_loan_at(slot);
	word = slot < deed_loan_limit ? deed_loan_word(row) : 0;
	if (deed_word_is(word, loan) && (word & DEED_LOAN_LIVE)) {
		/* A live child's parent is live, so its slot says which loan it is. */
		if (row->parent != deed_loan_slot(source) || !row->parent) {
			deed_raise(me, wrong_source(me, loan, frame, at));
			return;
		}
	} else if (!word || word >> DEED_LOAN_SLOT_BITS < loan >> DEED_LOAN_SLOT_BITS) {
		deed_raise(me, deed_loan_ended(me, loan, DEED_E12, frame, at));
		return;
	}
	end_by_hand(me, loan, frame, at);
}

static DEED_COLD void end_guard_slowly(uint64_t loan, const void *frame,
				       const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding;
	struct deed_loan *row;
	uint64_t word;

	if (!me) {
		deed_reentered(at, frame);
		return;
	}
	row = deed_loan_at(slot);
	if (row->thread != me->id) {
		/* A coroutine that has changed threads: the row stays in the other one's list. */
		if (end_loan(me, loan, at))
			__atomic_or_fetch(&row->word, DEED_LOAN_ORPHAN, __ATOMIC_ACQ_REL);
		deed_leave(me);
		return;
	}
	if (me->guards != slot)
		(void)end_jumped_over(me, at, (const void *)row->frame);
	if (end_loan(me, loan, at)) {
		retire_guard(me, slot);
		deed_leave(me);
		return;
	}
	word = deed_loan_word(row);
	if (word >> DEED_LOAN_SLOT_BITS != (loan >> DEED_LOAN_SLOT_BITS) + 1 ||
	    !(word & DEED_LOAN_ORPHAN)) {
		deed_leave(me); /* jumped over, reported and ended as that, and yet here */
		return;
	}
	if (!(word & DEED_LOAN_BY_HAND)) { /* it ended with its parent: fine */
		retire_guard(me, slot);
		deed_leave(me);
		return;
	}
	finding = deed_loan_ended(me, loan, DEED_E12, frame, at);
	retire_guard(me, slot);
	deed_raise(me, finding);
}

DEED_EXPORT void deed_trap_end_guard(uint64_t loan, const void *frame, const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	struct deed_thread *const me = deed_self;
	const uint64_t next =
		(loan & ~DEED_LOAN_SLOT_MASK) + ((uint64_t)1 << DEED_LOAN_SLOT_BITS);
	struct deed_loan *row;
	uint64_t word, is_inout;

	if (DEED_UNLIKELY(loan == 0 || loan == DEED_LOAN_REFUSED))
		return;
	if (DEED_UNLIKELY(!me || me->inside || me->guards != slot ||
			  deed_slots_count(me) == DEED_SLOTS_MAX)) {
		end_guard_slowly(loan, frame, at);
		return;
	}
	row = deed_loan_at(slot);
	is_inout = row->is_inout;
	word = (loan & ~DEED_LOAN_SLOT_MASK) | DEED_LOAN_LIVE | is_inout << 1;
	if (DEED_UNLIKELY(row->word != word || !row->is_whole ||
			  next >> DEED_LOAN_SLOT_BITS == DEED_LOAN_GENERATION_MAX)) {
		end_guard_slowly(loan, frame, at);
		return;
	}
	me->inside = 1;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	row->end_site = at;
	if (DEED_UNLIKELY(!__atomic_compare_exchange_n(&row->word, &word, next, false,
						       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))) {
		deed_leave(me);
		end_guard_slowly(loan, frame, at);
		return;
	}
	__atomic_sub_fetch(&deed_cell_of_live(row->cell)->word,
			   1 + (-is_inout & (DEED_CELL_WRITER - 1)), __ATOMIC_RELEASE);
	me->guards = row->next_guard;
	me->slots[me->slots_tail % DEED_SLOTS_MAX] = slot;
	me->slots_tail++;
	deed_leave(me);
}

/* ---- marks ---------------------------------------------------------------------------------- */

DEED_EXPORT uint64_t deed_trap_loans_mark(void)
{
	struct deed_thread *const me = deed_self ? deed_self : deed_thread_start();

	return me->loans_taken;
}

DEED_EXPORT void deed_trap_loans_unwind(uint64_t mark)
{
	static const struct deed_site here = { "", "deed_loans_unwind", "", "", 0, 0, 0 };
	struct deed_thread *const me = deed_enter();
	const uint32_t made = deed_loans_made();

	if (!me) {
		deed_reentered(&here, __builtin_frame_address(0));
		return;
	}
	for (uint32_t slot = 1; slot < made; slot++) {
		struct deed_loan *const row = deed_loan_at(slot);

		if (row->thread != me->id || row->sequence < mark ||
		    !(deed_loan_word(row) & DEED_LOAN_LIVE))
			continue;
		if (end_loan(me, deed_loan_id(row, slot), &here) && !row->is_guard)
			deed_slot_give(me, slot);
	}
	for (uint32_t slot = me->guards, next; slot; slot = next) {
		next = deed_loan_at(slot)->next_guard;
		if (deed_loan_at(slot)->sequence >= mark)
			retire_guard(me, slot);
	}
	deed_leave(me);
}

/* In a forked child: only its own thread is left. */
void deed_end_loans_of_others(struct deed_thread *me)
{
	static const struct deed_site here = { "", "fork", "", "", 0, 0, 0 };
	const uint32_t made = deed_loans_made();

	for (uint32_t slot = 1; slot < made; slot++) {
		struct deed_loan *const row = deed_loan_at(slot);

		if (row->thread != me->id && (deed_loan_word(row) & DEED_LOAN_LIVE))
			(void)end_loan(me, deed_loan_id(row, slot), &here);
	}
}
