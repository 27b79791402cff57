/* SPDX-License-Identifier: MIT
 *
 * lib/trap/end.h - ends a loan, whatever kind it is.
 */
#ifndef DEED_END_H
#define DEED_END_H

#include "loan.h"
#include "thread.h"

/* True if it was live. Its slot is the caller's to give back. Inside, no lock. */
bool deed_end_loan(struct deed_thread *me, uint64_t loan, const struct deed_site *at);

#endif
