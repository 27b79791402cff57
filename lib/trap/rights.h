/* SPDX-License-Identifier: MIT
 *
 * lib/trap/rights.h - faults that more than one verb can find in a view.
 */
#ifndef DEED_RIGHTS_H
#define DEED_RIGHTS_H

#include "story.h"

/* E11 or E12 of a stale loan, with what is left of its story; E18 if its bits name none. Inside, no
 * lock. */
struct deed_finding *deed_loan_ended(struct deed_thread *me, uint64_t loan, enum deed_fault fault,
				     const void *frame, const struct deed_site *at);

/* The address that a program goes on with after a fault: the true one if that memory is there. */
const void *deed_use_instead(const void *data, size_t len, uint64_t loan,
			     const struct deed_site *at);

#endif
