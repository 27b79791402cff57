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

/* deed_want_check - the fault of using all of it so, or null.
 * deed_want_missed - E15 of [lo, hi), counted in a view of `len`, or in the rows of a tile.
 * Inside, no lock.
 */
struct deed_finding *deed_want_check(struct deed_thread *me, const struct deed_want *want);
struct deed_finding *deed_want_missed(struct deed_thread *me, const struct deed_want *want,
				      size_t lo, size_t hi, size_t len, bool is_row);

/* Whether a live loan is of elements of this size, or they are bytes: it has the elements of the
 * view that it gave, which a lend by address makes of any memory, and a column of part of a row.
 * deed_loan_of_others - E22, if it is not. Inside, under the shard lock.
 */
bool deed_loan_has_elements(const struct deed_loan *row, size_t element);
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
