/* SPDX-License-Identifier: MIT
 *
 * lib/trap/operands.c - several views at once: some are written from the others.
 *
 * Each must be good by itself (rights.c), their lengths must fit each other (E15), and what is
 * written shares no byte with any other (E26). Shared bytes need not be a conflict of loans: two
 * slices of one inout loan, or an inout view and itself, are one loan, which may write all of it.
 * What is only read may overlap.
 *
 * Operands that are as they should be cost a look at the row of each, and no lock.
 */
#include "deed/use.h"
#include "hot_region.h"
#include "rights.h"
#include "shard.h"

#include <stdio.h>

struct operands {
	const struct deed_operand *all;
	size_t count;
	const char *name; /* null: what claims them is the function that they are in */
	unsigned in_place;
	const char *more;
	const void *frame;
};

struct which {
	char text[96];
};

static struct deed_want want_of(const struct operands *operands, const struct deed_operand *one)
{
	return (struct deed_want){ one->data,	    one->len,	     one->loan,
				   one->is_written, operands->frame, one->at };
}

/* "deed_copy()" */
static struct deed_plain operation(const struct operands *operands)
{
	const char *const name = operands->name ? operands->name : operands->all[0].at->function;
	struct deed_plain said;

	snprintf(said.text, sizeof said.text, "%s%s", name, deed_parentheses(name));
	return said;
}

/* ---- lengths -------------------------------------------------------------------------------- */

static inline bool fits(const struct deed_operand *one, const struct deed_operand *other)
{
	if (DEED_LIKELY(one->each == other->each))
		return one->len == other->len;
	return one->each ? one->len * other->each == other->len * one->each
			 : one->len == DEED_BYTE_VALUES;
}

/* How many elements an operand has that fits. */
static size_t fitting(const struct deed_operand *one, const struct deed_operand *other)
{
	return one->each ? other->len / other->each * one->each : DEED_BYTE_VALUES;
}

static bool all_fit(const struct operands *operands)
{
	for (size_t i = 0; i < operands->count; i++)
		if (!fits(&operands->all[i], &operands->all[operands->count - 1]))
			return false;
	return true;
}

/* E15: of three the odd one out; of two the first. */
static struct deed_finding *misfit(struct deed_thread *me, const struct operands *operands)
{
	const struct deed_operand *const all = operands->all, *odd = all, *other = all + 1;
	struct deed_finding *finding;
	struct deed_want want;
	size_t len;

	if (odd->each && (fits(odd, other) || (operands->count > 2 && !fits(all + 2, other)))) {
		other = all;
		for (size_t i = operands->count; i-- > 1;)
			if (!fits(&all[i], other))
				odd = &all[i];
	}
	if (odd == other)
		other = all + 1;
	len = fitting(odd, other);
	want = want_of(operands, odd);
	finding = deed_want_missed(me, &want, 0, len, odd->len, "operand");
	deed_finding_does(finding, odd->each ? "fitted" : "counted in", false);
	if (!odd->each)
		deed_finding_say(finding, "`%s` has %zu element%s: %s takes %zu",
				 deed_plain(odd->at->text).text, odd->len, odd->len == 1 ? "" : "s",
				 operation(operands).text, len);
	else if (odd->each == other->each)
		deed_finding_say(
			finding,
			"`%s` has %zu element%s, and `%s` %zu: %s takes views of one length",
			deed_plain(odd->at->text).text, odd->len, odd->len == 1 ? "" : "s",
			deed_plain(other->at->text).text, other->len, operation(operands).text);
	else
		deed_finding_say(finding,
				 "`%s` has %zu element%s, and `%s` %zu: %s takes %u for every %u",
				 deed_plain(odd->at->text).text, odd->len, odd->len == 1 ? "" : "s",
				 deed_plain(other->at->text).text, other->len,
				 operation(operands).text, odd->each, other->each);
	return finding;
}

/* ---- overlap -------------------------------------------------------------------------------- */

static inline bool overlap(const struct deed_operand *one, const struct deed_operand *other)
{
	const uintptr_t a = (uintptr_t)one->data, b = (uintptr_t)other->data;

	return a < b + other->len * other->at->element_bytes &&
	       b < a + one->len * one->at->element_bytes && one->len && other->len;
}

/* The first that overlaps a written one; null if none does. */
static inline const struct deed_operand *overlapping(const struct deed_operand *all, size_t count,
						     const struct deed_operand *written)
{
	for (size_t i = 0; i < count; i++)
		if (DEED_UNLIKELY(overlap(written, &all[i])) && &all[i] != written)
			return &all[i];
	return NULL;
}

static inline bool any_overlap(const struct deed_operand *all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (all[i].is_written && DEED_UNLIKELY(overlapping(all, count, &all[i]) != NULL))
			return true;
	return false;
}

/* Whether what an operation writes is all of one that it reads, and of no other a byte. */
static bool is_all_of(const struct operands *operands, const struct deed_operand *other)
{
	const struct deed_operand *const all = operands->all;

	for (size_t i = 1; i < operands->count; i++)
		if (&all[i] != other && overlap(all, &all[i]))
			return false;
	return other->data == all[0].data && other->len == all[0].len;
}

/* Names the call that does the same in place, if there is one: "deed_add_f32_by(y, x)", or without
 * what had better not be repeated. */
static void say_in_place(struct deed_finding *finding, const struct operands *operands,
			 const struct deed_operand *other)
{
	const struct deed_operand *const all = operands->all;
	const size_t index = (size_t)(other - all);
	bool is_simple = !*operands->more || deed_is_simple(operands->more);
	char call[DEED_CALL_TEXT];
	size_t len;

	if (!(operands->in_place >> index & 1) || !is_all_of(operands, other))
		return;
	for (size_t i = 0; i < operands->count; i++)
		is_simple &= i == index || deed_is_simple(all[i].at->text);
	len = (size_t)snprintf(call, sizeof call, "%s_by(", operands->name);
	for (size_t i = 0; i < operands->count && is_simple; i++)
		if (i != index)
			len += (size_t)snprintf(call + len, sizeof call - len, "%s%s",
						i ? ", " : "", all[i].at->text);
	snprintf(call + len, sizeof call - len, "%s)", is_simple ? operands->more : "");
	deed_finding_in_place(finding, call);
}

/* " (view 3, `b`)": which of several it is. Empty of two, which need no telling apart. */
static struct which which_of(const struct operands *operands, const struct deed_operand *one,
			     const char *name)
{
	struct which which = { "" };

	if (operands->count > 2)
		snprintf(which.text, sizeof which.text, " (view %td%s%s%s)",
			 one - operands->all + 1, *name ? ", `" : "", name, *name ? "`" : "");
	return which;
}

/* E26. All operands are good. */
static struct deed_finding *overlaps(struct deed_thread *me, const struct operands *operands,
				     const struct deed_operand *written)
{
	const struct deed_operand *const other =
		overlapping(operands->all, operands->count, written);
	const uint32_t to = deed_loan_slot(written->loan), from = deed_loan_slot(other->loan);
	const uint32_t slot = deed_loan_at(to)->cell;
	const struct deed_cell *const cell = deed_cell_at(slot);
	const size_t element = written->at->element_bytes;
	struct deed_finding *const finding =
		deed_finding_begin(me, DEED_E26, written->at, operands->frame);
	const struct deed_plain name = deed_plain(other->at->text);
	const char *whole;
	uintptr_t first;
	size_t lo, other_lo;

	deed_finding_does(finding, other->is_written ? "written twice" : "written", false);
	deed_shard_take(slot);
	whole = cell->flags & DEED_CELL_COLUMNS ? deed_loan_at(to)->site->text : cell->name;
	first = (uintptr_t)cell->base + deed_loan_scale(deed_loan_at(to)).from;
	lo = ((uintptr_t)written->data - first) / element;
	other_lo = ((uintptr_t)other->data - first) / element;
	deed_finding_cell(finding, slot);
	deed_finding_range(finding, lo, lo + written->len);
	deed_finding_loan(finding, to);
	if (from != to)
		deed_finding_loan(finding, from);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	if (deed_loan_at(from)->cell == slot && other->at->element_bytes == element)
		deed_finding_say(finding,
				 "%s writes elements [%zu, %zu) of `%s` and %s [%zu, %zu) of it%s, "
				 "which overlap",
				 operation(operands).text, lo, lo + written->len,
				 deed_plain(whole).text, other->is_written ? "writes" : "reads",
				 other_lo, other_lo + other->len,
				 which_of(operands, other, name.text).text);
	else
		deed_finding_say(finding, "%s writes `%s` and %s `%s`%s, which share bytes",
				 operation(operands).text, deed_plain(written->at->text).text,
				 other->is_written ? "writes" : "reads", name.text,
				 which_of(operands, other, "").text);
	deed_shard_give(slot);
	say_in_place(finding, operands, other);
	return finding;
}

/* ---- all of it ------------------------------------------------------------------------------ */

/* The fault of one, by itself. An empty range, and elements of no bytes, are lent without a loan.
 */
static struct deed_finding *check(struct deed_thread *me, const struct operands *operands,
				  const struct deed_operand *one)
{
	const struct deed_want want = want_of(operands, one);

	if (one->loan == DEED_LOAN_REFUSED ||
	    (!one->loan && (!one->len || !one->at->element_bytes)))
		return NULL;
	return deed_want_check(me, &want);
}

/* What is asked of a refused view is silent, and done if it can be. */
static bool is_refused(const struct operands *operands, bool *ret_can_be_done)
{
	bool is_refused = false;

	*ret_can_be_done = all_fit(operands) && !any_overlap(operands->all, operands->count);
	for (size_t i = 0; i < operands->count; i++) {
		is_refused |= operands->all[i].loan == DEED_LOAN_REFUSED;
		*ret_can_be_done &= operands->all[i].data || !operands->all[i].len;
	}
	return is_refused;
}

/* A04 of the first that has it. */
static void advise(struct deed_thread *me, const struct operands *operands)
{
	struct deed_finding *finding = NULL;

	for (size_t i = 0; i < operands->count && !finding; i++) {
		const struct deed_want want = want_of(operands, &operands->all[i]);

		if (want.loan)
			finding = deed_hot_operand(me, &want);
	}
	if (finding)
		deed_raise(me, finding);
	else
		deed_leave_verb(me, operands->frame, operands->all[0].at);
}

/* All that is not decided at a glance. 0 if the operation may go on. */
static DEED_COLD int decide(const struct deed_operand *all, size_t count, const char *name,
			    unsigned in_place, const char *more, const void *frame)
{
	const struct operands operands = { all, count, name, in_place, more, frame };
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding = NULL;
	bool can_be_done;

	if (!me) {
		deed_reentered(all[0].at, frame);
		return 1;
	}
	for (size_t i = 0; i < count && !finding; i++)
		finding = check(me, &operands, &all[i]);
	if (!finding && is_refused(&operands, &can_be_done)) {
		deed_leave(me);
		return !can_be_done;
	}
	if (!finding && !all_fit(&operands))
		finding = misfit(me, &operands);
	for (size_t i = 0; i < count && !finding; i++)
		if (all[i].is_written && overlapping(all, count, &all[i]))
			finding = overlaps(me, &operands, &all[i]);
	if (finding) {
		deed_raise(me, finding);
		return 1;
	}
	if (me->hot_count)
		advise(me, &operands);
	else
		deed_leave_verb(me, frame, all[0].at);
	return 0;
}

/* Whether the calling thread may look. It is not marked as inside the ledger while it does: it
 * writes nothing that a signal handler could find half done.
 */
static inline bool may_look(void)
{
	const struct deed_thread *const me = deed_self;

	return DEED_LIKELY(me != NULL) && DEED_LIKELY(!me->inside) && DEED_LIKELY(!me->hot_count);
}

static inline bool is_good(const struct deed_operand *one)
{
	return deed_loan_grants(one->loan, one->is_written, one->data, one->len,
				one->at->element_bytes);
}

DEED_EXPORT int deed_trap_operands(const struct deed_operand *all, size_t count, const char *name,
				   unsigned in_place, const char *more, const void *frame)
{
	size_t good = 0;

	if (may_look())
		while (good < count && is_good(&all[good]) &&
		       DEED_LIKELY(fits(&all[good], &all[count - 1])))
			good++;
	if (DEED_LIKELY(good == count) && !any_overlap(all, count))
		return 0;
	return decide(all, count, name, in_place, more, frame);
}

static DEED_COLD int decide_read(const void *data, size_t len, uint64_t loan, size_t element,
				 const void *frame, const struct deed_site *at)
{
	const struct deed_operand one = { data, at, len, 1, 0, loan };

	(void)element;
	return decide(&one, 1, NULL, 0, "", frame);
}

static DEED_COLD int decide_written(const void *data, size_t len, uint64_t loan, size_t element,
				    const void *frame, const struct deed_site *at)
{
	const struct deed_operand one = { data, at, len, 1, 1, loan };

	(void)element;
	return decide(&one, 1, NULL, 0, "", frame);
}

/* One needs no comparing, and no stack: its arguments stay in their registers all the way. */
DEED_EXPORT int deed_trap_operand_read(const void *data, size_t len, uint64_t loan, size_t element,
				       const void *frame, const struct deed_site *at)
{
	return may_look() && deed_loan_grants(loan, false, data, len, element)
		       ? 0
		       : decide_read(data, len, loan, element, frame, at);
}

DEED_EXPORT int deed_trap_operand_written(const void *data, size_t len, uint64_t loan,
					  size_t element, const void *frame,
					  const struct deed_site *at)
{
	return may_look() && deed_loan_grants(loan, true, data, len, element)
		       ? 0
		       : decide_written(data, len, loan, element, frame, at);
}
