/* SPDX-License-Identifier: MIT
 *
 * lib/trap/end.h - ends a loan, whatever kind it is.
 */
#ifndef DEED_END_H
#define DEED_END_H

#include "loan.h"
#include "thread.h"

/* deed_end_tells_of_arenas - if arenas lie over what a live loan is of, and were not closed: E08,
 * told, for the loan ends with all that was lent of it. `by_block`: its guard ends it. Inside,
 * no lock, and again so after.
 *
 * deed_end_loan - true if it was live. Its slot is the caller's to give back; or that of its own
 * end, which is yet to come, where `marks` say DEED_LOAN_ORPHAN. Inside, no lock. */
void deed_end_tells_of_arenas(struct deed_thread *me, uint64_t loan, bool by_block,
			      const void *frame, const struct deed_site *at);
bool deed_end_loan(struct deed_thread *me, uint64_t loan, uint64_t marks,
		   const struct deed_site *at);

#endif
