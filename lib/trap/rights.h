/* SPDX-License-Identifier: MIT
 *
 * lib/trap/rights.h - what a verb wants of a view, and the faults of wanting it.
 */
#ifndef DEED_RIGHTS_H
#define DEED_RIGHTS_H

#include "story.h"

/* `len` elements of a loan, from `data` on. */
struct deed_want {
	const void *data;
	size_t len;
	uint64_t loan;
	bool writing;
	const void *frame;
	const struct deed_site *at;
};

/* Whether a live loan is of elements of this size, or they are bytes: it has the elements of the
 * view that it gave, which a lend by address makes of any memory, and a column of part of a row.
 */
static inline bool deed_loan_has_elements(const struct deed_loan *row, size_t element)
{
	/* None: another thread has ended the loan, and the row is being filled in anew. */
	const struct deed_site *const at = __atomic_load_n(&row->site, __ATOMIC_RELAXED);

	return element == 1 || (at && element == at->element_bytes);
}

/* As the inline checks of deed/use.h; and what may be written may be read, too, which these do not
 * ask: one mask says it where who waits for the task has lent, but not in deed_async(), where an
 * inout loan may be read if it is the task's own and not if it is nobody's. */
static inline bool deed_word_grants(uint64_t word, uint64_t loan, bool writing)
{
	const uint64_t generation = loan & ~DEED_LOAN_SLOT_MASK;

	return (!writing && (word == (generation | DEED_LOAN_LIVE) ||
			     (word & deed_trap_rights.reads) == (generation | DEED_LOAN_LIVE))) ||
	       (word ^ generation) == deed_trap_rights.writes;
}

/* Whether they may be used so, of most that may: the loan is live, has no child, is the task's own
 * or may be read in it, and is of elements of that size. What this does not grant,
 * deed_want_check() decides. In line, for then whoever goes on to decide has its arguments in their
 * registers yet, and saves none.
 */
static inline __attribute__((always_inline)) bool deed_loan_grants(uint64_t loan, bool writing,
								   const void *data, size_t len,
								   size_t element)
{
	const uint32_t slot = deed_loan_slot(loan);
	const struct deed_loan *const row = deed_loan_at(slot);
	const struct deed_cell *cell;
	size_t from, room, bytes;
	bool has;

	if (DEED_UNLIKELY(slot >= deed_tables.loan_limit) ||
	    DEED_UNLIKELY(!deed_word_grants(deed_loan_word(row), loan, writing)))
		return false;
	if (row->is_part) { /* its row says all: its cell and its site may be far away by now */
		from = (size_t)((uintptr_t)data - (uintptr_t)row->data);
		room = row->width; /* of a tile, of its first row */
		has = DEED_LIKELY(element == row->element_bytes) || element == 1;
	} else {
		cell = DEED_LIKELY(row->cell < DEED_CELL_CHUNK_ROWS)
			       ? &__atomic_load_n(&deed_tables.cells, __ATOMIC_RELAXED)[row->cell]
			       : deed_cell_of_live(row->cell);
		from = (size_t)((uintptr_t)data - (uintptr_t)cell->base);
		if (DEED_LIKELY(row->is_whole)) { /* of its cell's elements */
			room = deed_cell_bytes(cell);
			has = element == 1 || element == cell->element_bytes;
		} else {
			from -= row->lo;
			room = row->width;
			has = deed_loan_has_elements(row, element);
		}
	}
	if (DEED_UNLIKELY(!has) || __builtin_mul_overflow(len, element, &bytes))
		return false;
	return DEED_LIKELY(from <= room) && DEED_LIKELY(bytes <= room - from);
}

/* deed_want_check - the fault of using all of it so, or null.
 * deed_want_missed - E15 of [lo, hi), counted in a view of `len`; `what` as deed_finding_misses()
 * says. Inside, no lock.
 */
struct deed_finding *deed_want_check(struct deed_thread *me, const struct deed_want *want);
struct deed_finding *deed_want_missed(struct deed_thread *me, const struct deed_want *want,
				      size_t lo, size_t hi, size_t len, const char *what);

/* E22 of a loan that is of other elements. Inside, under the shard lock. */
struct deed_finding *deed_loan_of_others(struct deed_thread *me, uint32_t slot, const char *verb,
					 const void *frame, const struct deed_site *at);

/* E11 or E12 of a stale loan, with what is left of its story; E18 if its bits name none. Inside, no
 * lock. */
struct deed_finding *deed_loan_ended(struct deed_thread *me, uint64_t loan, enum deed_fault fault,
				     const void *frame, const struct deed_site *at);

/* The address that a program goes on with after a fault: the true one if that memory is there. */
const void *deed_use_instead(const void *data, size_t len, uint64_t loan,
			     const struct deed_site *at);

#endif
