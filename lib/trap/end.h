/* SPDX-License-Identifier: MIT
 *
 * lib/trap/end.h - ends a loan, whatever kind it is.
 */
#ifndef DEED_END_H
#define DEED_END_H

#include "loan.h"
#include "thread.h"

/* True if it was live. Its slot is the caller's to give back; or that of its own end, which is yet
 * to come, where `marks` say DEED_LOAN_ORPHAN. Inside, no lock. */
bool deed_end_loan(struct deed_thread *me, uint64_t loan, uint64_t marks,
		   const struct deed_site *at);

#endif
