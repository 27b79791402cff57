/* SPDX-License-Identifier: MIT
 *
 * lib/trap/rights.c - the rights of a view, checked where its elements are used.
 *
 *     may write   the loan is live and inout, the bytes lie in its region, and no live child
 *                 covers one of them
 *     may read    the loan is live, the bytes lie in its region, and no live inout child
 *                 covers one of them
 *
 *     in a task   only its own loans, and what task.h says of others: else E20. Where a share
 *                 covers a loan of who waits for the task, that is E13, whatever the task
 *                 does; what other tasks lend there is not looked at, for it depends on when.
 *
 * A loan without children needs no lock: one load of its word, and its region compared.
 * Nothing is recorded, and no stack is taken unless there is a fault.
 */
#include "deed/tile.h"
#include "deed/use.h"

#include <string.h>

#include "conflict.h"
#include "hot_region.h"
#include "owner.h"
#include "rights.h"
#include "shard.h"
#include "story.h"
#include "task.h"

/* What deed_at() of an inout view will do with the element is not known. */
static const char *verb(const struct deed_want *want)
{
	return want->writing ? "opened for writing" : "read";
}

static struct deed_finding *gone(struct deed_thread *me, const struct deed_want *want)
{
	struct deed_finding *const finding =
		deed_loan_ended(me, want->loan, DEED_E11, want->frame, want->at);

	deed_finding_does(finding, verb(want), false);
	return finding;
}

struct deed_finding *deed_loan_of_others(struct deed_thread *me, uint32_t slot, const char *verb,
					 const void *frame, const struct deed_site *at)
{
	const struct deed_loan *const row = deed_loan_at(slot);
	const struct deed_plain name = deed_plain(at->text);
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E22, at, frame);

	deed_finding_does(finding, verb, false);
	deed_finding_cell(finding, row->cell);
	deed_finding_loan(finding, slot);
	deed_finding_event(finding, row->cell, 0, DEED_ROLE_ALLOCATED);
	deed_finding_say_types(finding, name.text, at, row->site, row->site->element_bytes);
	return finding;
}

static struct deed_finding *found(struct deed_thread *me, const struct deed_want *want,
				  uint32_t slot, uint32_t child, enum deed_fault fault)
{
	const struct deed_loan *const row = deed_loan_at(slot);
	const struct deed_cell *const cell = deed_cell_at(row->cell);
	const struct deed_plain name = deed_plain(want->at->text);
	const struct deed_scale scale = deed_loan_scale(row);
	struct deed_finding *const finding = deed_finding_begin(me, fault, want->at, want->frame);
	size_t lo;

	deed_finding_does(finding, verb(want), false);
	deed_finding_cell(finding, row->cell);
	if (scale.element && (fault == DEED_E15 || child)) {
		lo = ((uintptr_t)want->data - (uintptr_t)cell->base - scale.from) /
		     want->at->element_bytes;
		deed_finding_range(finding, lo, lo + want->len);
	}
	if (child)
		deed_finding_loan(finding, child);
	deed_finding_loan(finding, slot);
	deed_finding_event(finding, row->cell, 0, DEED_ROLE_ALLOCATED);
	switch (fault) {
	case DEED_E13:
		if (!child)
			deed_finding_say(finding, "`%s` is written through a loan that only reads",
					 name.text);
		else
			deed_finding_say(finding, "`%s` is %s here, but %s is %s", name.text,
					 verb(want),
					 deed_region_holds(deed_loan_region(deed_loan_at(child)),
							   deed_loan_region(row))
						 ? "it"
						 : "a part of it",
					 deed_loan_at(child)->is_share ? "shared out" : "lent on");
		break;
	default:
		deed_finding_say(finding, "`%s` reaches outside the range that was lent",
				 name.text);
	}
	return finding;
}

/* The child that a use of a loan of somebody else meets, and that no other task has lent. */
static uint32_t lasting_child_in_the_way(const struct deed_thread *me, const struct deed_loan *row,
					 struct deed_region region, bool writing)
{
	uint32_t slot = row->first_child;

	while (slot) {
		const struct deed_loan *const child = deed_loan_at(slot);

		if ((writing || child->is_inout) &&
		    deed_task_whose(me, child->task) != DEED_WHOSE_OTHERS &&
		    deed_region_meets(deed_loan_region(child), region))
			break;
		slot = child->next;
	}
	return slot;
}

struct deed_finding *deed_want_check(struct deed_thread *me, const struct deed_want *want)
{
	const uint32_t slot = deed_loan_slot(want->loan);
	const struct deed_loan *const row = deed_loan_at(slot);
	const size_t element = want->at->element_bytes;
	struct deed_finding *finding = NULL;
	const struct deed_cell *cell;
	struct deed_region region;
	enum deed_whose whose;
	uint64_t word;
	uint32_t in_cell, child;
	size_t bytes, offset;

	deed_task_see(me, want->frame, want->at);
	if (slot >= deed_tables.loan_limit)
		return gone(me, want);
	word = deed_loan_word(row);
	if (!deed_word_is(word, want->loan) || !(word & DEED_LOAN_LIVE))
		return gone(me, want);
	whose = deed_task_whose(me, deed_word_task(word));
	in_cell = row->cell;
	cell = deed_cell_at(in_cell);
	offset = (size_t)((uintptr_t)want->data - (uintptr_t)cell->base);
	if ((!want->len || !element) && whose != DEED_WHOSE_OTHERS)
		return NULL;
	region = (struct deed_region){ offset, want->len * element, 0, 1 };
	if (DEED_LIKELY(!(word & DEED_LOAN_CHILD)) && (row->is_inout || !want->writing) &&
	    deed_whose_may(whose, row->is_inout, want->writing) &&
	    deed_loan_has_elements(row, element) &&
	    !__builtin_mul_overflow(want->len, element, &bytes) &&
	    offset <= deed_cell_bytes(cell) && bytes <= deed_cell_bytes(cell) - offset &&
	    deed_region_holds(deed_loan_region(row), region))
		return NULL;

	deed_shard_take(in_cell);
	word = deed_loan_word(row);
	if (!deed_word_is(word, want->loan) || !(word & DEED_LOAN_LIVE)) {
		deed_shard_give(in_cell);
		return gone(me, want);
	}
	if (whose == DEED_WHOSE_OTHERS)
		finding = deed_loan_is_not_ours(me, slot, verb(want), want->frame, want->at);
	else if (!deed_loan_has_elements(row, element))
		finding = deed_loan_of_others(me, slot, verb(want), want->frame, want->at);
	else if (want->writing && !row->is_inout)
		finding = found(me, want, slot, 0, DEED_E13);
	else if (__builtin_mul_overflow(want->len, element, &bytes) ||
		 offset > deed_cell_bytes(cell) || bytes > deed_cell_bytes(cell) - offset ||
		 !deed_region_holds(deed_loan_region(row), region))
		finding = found(me, want, slot, 0, DEED_E15);
	else if ((child = whose == DEED_WHOSE_OWN
				  ? deed_child_in_the_way(row->first_child, region, want->writing)
				  : lasting_child_in_the_way(me, row, region, want->writing)))
		finding = found(me, want, slot, child, DEED_E13);
	else if (!deed_whose_may(whose, row->is_inout, want->writing))
		finding = deed_loan_is_not_ours(me, slot, verb(want), want->frame, want->at);
	deed_shard_give(in_cell);
	return finding;
}

static const void *use(const struct deed_want *want)
{
	struct deed_thread *me;
	struct deed_finding *finding = NULL;

	/* An empty range, and elements of no bytes, are lent without a loan. */
	if (DEED_UNLIKELY(want->loan == DEED_LOAN_REFUSED ||
			  (!want->loan && (!want->len || !want->at->element_bytes))))
		return want->data;
	me = deed_enter();
	if (DEED_UNLIKELY(!me)) {
		deed_reentered(want->at, want->frame);
		return want->data;
	}
	if (DEED_UNLIKELY(!deed_loan_grants(want->loan, want->writing, want->data, want->len,
					    want->at->element_bytes)))
		finding = deed_want_check(me, want);
	if (DEED_LIKELY(!finding)) {
		if (DEED_UNLIKELY(me->hot_count))
			finding = deed_hot_operand(me, want);
		if (DEED_UNLIKELY(finding != NULL))
			deed_raise(me, finding);
		else
			deed_leave_verb(me, want->frame, want->at);
		return want->data;
	}
	deed_raise(me, finding);
	return deed_use_instead(want->data, want->len, want->loan, want->at);
}

/* After a fault, the true memory if it still is, else scratch; null if that fails. */
const void *deed_use_instead(const void *data, size_t len, uint64_t loan,
			     const struct deed_site *at)
{
	struct deed_thread *const me = deed_self;
	const uint32_t slot = deed_loan_slot(loan);
	const struct deed_cell *const cell =
		slot < deed_loans_made() ? deed_cell_at(deed_loan_at(slot)->cell) : NULL;
	size_t bytes;

	if (__builtin_mul_overflow(len, at->element_bytes, &bytes) || bytes > SIZE_MAX / 2)
		return NULL;
	if (cell && cell->is_live && (uintptr_t)data >= (uintptr_t)cell->base &&
	    (uintptr_t)data - (uintptr_t)cell->base <= deed_cell_bytes(cell) &&
	    bytes <= deed_cell_bytes(cell) - ((uintptr_t)data - (uintptr_t)cell->base))
		return data;
	return deed_thread_scratch(me, deed_max(bytes, 1));
}

DEED_EXPORT const void *deed_trap_read(const void *data, size_t len, uint64_t loan,
				       const void *frame, const struct deed_site *at)
{
	const struct deed_want want = { data, len, loan, false, frame, at };

	return use(&want);
}

DEED_EXPORT void *deed_trap_write(void *data, size_t len, uint64_t loan, const void *frame,
				  const struct deed_site *at)
{
	const struct deed_want want = { data, len, loan, true, frame, at };

	return (void *)(uintptr_t)use(&want);
}

/* ---- single elements ------------------------------------------------------------------------ */

/* What deed_at() goes on with after a fault: an element that is nobody's. */
static void *sink(const struct deed_site *at)
{
	static char last_resort[4096];
	void *const element = deed_thread_scratch(deed_self, deed_max(at->element_bytes, 1));

	return element ? element : last_resort;
}

struct deed_finding *deed_want_missed(struct deed_thread *me, const struct deed_want *want,
				      size_t lo, size_t hi, size_t len, const char *what)
{
	struct deed_finding *const finding =
		deed_finding_begin(me, DEED_E15, want->at, want->frame);

	if (want->loan) {
		const uint32_t slot = deed_loan_slot(want->loan);
		const uint32_t cell = deed_loan_at(slot)->cell;

		deed_shard_take(cell);
		deed_finding_cell(finding, cell);
		deed_finding_loan(finding, slot);
		deed_finding_event(finding, cell, 0, DEED_ROLE_ALLOCATED);
		deed_shard_give(cell);
	}
	deed_finding_misses(finding, lo, hi, len, what);
	return finding;
}

static struct deed_finding *bad_index(struct deed_thread *me, const struct deed_want *want,
				      size_t index)
{
	const struct deed_plain name = deed_plain(want->at->text);
	struct deed_finding *const finding =
		deed_want_missed(me, want, index, index + 1, want->len, "");

	if (!want->len)
		deed_finding_say(finding, "element %zu of `%s` is asked for, but it is empty",
				 index, name.text);
	else if (index > SIZE_MAX / 2)
		deed_finding_say(
			finding,
			"element %td of `%s` is asked for: the index went below 0 (it has %zu)",
			(ptrdiff_t)index, name.text, want->len);
	else
		deed_finding_say(finding,
				 "element %zu of `%s` is asked for, but it has %zu (0 to %zu)",
				 index, name.text, want->len, want->len - 1);
	return finding;
}

static void *use_at(struct deed_want want, size_t index)
{
	const size_t len = want.len;
	/* In integers: an index may point anywhere before it is checked. */
	char *const element = (char *)((uintptr_t)want.data + index * want.at->element_bytes);
	struct deed_finding *finding = NULL;
	struct deed_thread *me;

	if (want.loan == DEED_LOAN_REFUSED)
		return index < len && want.data ? element : sink(want.at);
	me = deed_enter();
	if (!me) {
		deed_reentered(want.at, want.frame);
		return index < len && want.data ? element : sink(want.at);
	}
	/* A loan that has ended is that first, wherever the index points. */
	want.len = 0;
	if (want.loan)
		finding = deed_want_check(me, &want);
	if (!finding && index >= len) {
		want.len = len;
		finding = bad_index(me, &want, index);
	}
	if (!finding && (want.loan || want.at->element_bytes)) {
		want.data = element;
		want.len = 1;
		finding = deed_want_check(me, &want);
	}
	if (!finding) {
		deed_leave_verb(me, want.frame, want.at);
		return element;
	}
	deed_raise(me, finding);
	if (index < len) {
		const void *const instead = deed_use_instead(element, 1, want.loan, want.at);

		if (instead)
			return (void *)(uintptr_t)instead;
	}
	return sink(want.at);
}

DEED_EXPORT const void *deed_trap_read_at(const void *data, size_t len, uint64_t loan, size_t index,
					  const void *frame, const struct deed_site *at)
{
	/* Of an inout loan of its own, what deed_async() calls comes here at each element: see
	 * deed_word_grants(). */
	if (deed_may_write_at_(len, loan, index))
		return (const char *)data + index * at->element_bytes;
	return use_at((struct deed_want){ data, len, loan, false, frame, at }, index);
}

DEED_EXPORT void *deed_trap_write_at(void *data, size_t len, uint64_t loan, size_t index,
				     const void *frame, const struct deed_site *at)
{
	const struct deed_want want = { data, len, loan, true, frame, at };

	return use_at(want, index);
}

/* ---- ranges --------------------------------------------------------------------------------- */

/* Whatever is wrong with the loan comes first. `is_row`: the range is row `lo` of a tile of `len`.
 */
static void refuse_range(const struct deed_want *want, size_t lo, size_t hi, size_t len,
			 bool is_row)
{
	const struct deed_plain name = deed_plain(want->at->text);
	struct deed_thread *me;
	struct deed_finding *finding = NULL;

	if (want->loan == DEED_LOAN_REFUSED)
		return;
	me = deed_enter();
	if (!me) {
		deed_reentered(want->at, want->frame);
		return;
	}
	if (want->loan)
		finding = deed_want_check(me, want);
	if (!finding) {
		finding = deed_want_missed(me, want, lo, hi, len, is_row ? "row" : "");
		if (is_row)
			deed_finding_say(finding,
					 "row %zu of `%s` is asked for, but it has %zu rows", lo,
					 name.text, len);
		else if (lo > hi)
			deed_finding_say(finding,
					 "elements [%zu, %zu) of `%s` end before they begin", lo,
					 hi, name.text);
		else
			deed_finding_say(
				finding,
				"elements [%zu, %zu) of `%s` are asked for, but it has %zu", lo, hi,
				name.text, len);
	}
	deed_raise(me, finding);
}

DEED_EXPORT void deed_trap_bad_range(uint64_t loan, size_t lo, size_t hi, size_t len,
				     const void *frame, const struct deed_site *at)
{
	const struct deed_want want = { NULL, 0, loan, false, frame, at };

	refuse_range(&want, lo, hi, len, false);
}

DEED_EXPORT void deed_trap_bad_row(uint64_t loan, size_t row, size_t rows, const void *frame,
				   const struct deed_site *at)
{
	const struct deed_want want = { NULL, 0, loan, false, frame, at };

	refuse_range(&want, row, row + 1, rows, true);
}
