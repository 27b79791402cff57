/* SPDX-License-Identifier: MIT
 *
 * lib/trap/operands.c - two views at once: one is written from the other.
 *
 * Each must be good by itself (rights.c), both of one length (E15), and they share no byte
 * (E26). Shared bytes need not be a conflict of loans: two slices of one inout loan, or an
 * inout view and itself, are one loan, which may write all of it.
 */
#include "deed/use.h"
#include "hot_region.h"
#include "rights.h"
#include "tree.h"

/* E26. Both views are good. */
static struct deed_finding *copy_overlaps(struct deed_thread *me, const struct deed_want *writes,
					  const struct deed_want *reads)
{
	const uint32_t to = deed_loan_slot(writes->loan), from = deed_loan_slot(reads->loan);
	const struct deed_plain name = deed_plain(writes->at->text);
	const uint32_t slot = deed_loan_at(to)->cell;
	const struct deed_cell *const cell = deed_cell_at(slot);
	const size_t element = writes->at->element_bytes;
	struct deed_finding *const finding =
		deed_finding_begin(me, DEED_E26, writes->at, writes->frame);
	const char *whole;
	uintptr_t first;
	size_t lo, source_lo;

	deed_shard_take(slot);
	whole = cell->flags & DEED_CELL_COLUMNS ? deed_loan_at(to)->site->text : cell->name;
	first = (uintptr_t)cell->base + deed_loan_scale(deed_loan_at(to)).from;
	lo = ((uintptr_t)writes->data - first) / element;
	source_lo = ((uintptr_t)reads->data - first) / element;
	deed_finding_cell(finding, slot);
	deed_finding_range(finding, lo, lo + writes->len);
	deed_finding_loan(finding, to);
	if (from != to)
		deed_finding_loan(finding, from);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	if (deed_loan_at(from)->cell == slot)
		deed_finding_say(
			finding,
			"deed_copy() writes elements [%zu, %zu) of `%s` and reads [%zu, %zu) "
			"of it, which overlap",
			lo, lo + writes->len, deed_plain(whole).text, source_lo,
			source_lo + reads->len);
	else
		deed_finding_say(finding, "deed_copy() to `%s` reads bytes that it writes",
				 name.text);
	deed_shard_give(slot);
	return finding;
}

DEED_EXPORT int deed_trap_operands(const void *to, size_t to_len, uint64_t to_loan,
				   const void *from, size_t from_len, uint64_t from_loan,
				   const void *frame, const struct deed_site *at)
{
	const struct deed_want writes = { to, to_len, to_loan, true, frame, at };
	const struct deed_want reads = { from, from_len, from_loan, false, frame, at };
	const uintptr_t a = (uintptr_t)to, b = (uintptr_t)from;
	const struct deed_plain name = deed_plain(at->text);
	struct deed_thread *me;
	struct deed_finding *finding = NULL;
	bool overlap;

	overlap = a < b + from_len * at->element_bytes && b < a + to_len * at->element_bytes;
	if (to_loan == DEED_LOAN_REFUSED || from_loan == DEED_LOAN_REFUSED)
		return to_len != from_len || !to || !from || overlap;
	me = deed_enter();
	if (!me) {
		deed_reentered(at, frame);
		return 1;
	}
	if (to_loan || to_len)
		finding = deed_want_check(me, &writes);
	if (!finding && (from_loan || from_len))
		finding = deed_want_check(me, &reads);
	if (!finding && to_len != from_len) {
		finding = deed_want_missed(me, &writes, 0, from_len, to_len, false);
		deed_finding_does(finding, "copied", false);
		deed_finding_say(
			finding,
			"%zu element%s copied to `%s`, which has %zu: deed_copy() takes two "
			"views of one length",
			from_len, from_len == 1 ? " is" : "s are", name.text, to_len);
	} else if (!finding && to_len && overlap) {
		finding = copy_overlaps(me, &writes, &reads);
	}
	if (!finding && DEED_UNLIKELY(me->hot_count)) {
		finding = deed_hot_operand(me, &writes, false);
		if (!finding)
			finding = deed_hot_operand(me, &reads, true);
		if (finding) {
			deed_raise(me, finding);
			return 0;
		}
	}
	if (!finding) {
		deed_leave_verb(me, frame, at);
		return 0;
	}
	deed_raise(me, finding);
	return 1;
}
