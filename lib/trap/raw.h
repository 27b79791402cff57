/* SPDX-License-Identifier: MIT
 *
 * lib/trap/raw.h - lends by address (DEED_LEND).
 */
#ifndef DEED_RAW_H
#define DEED_RAW_H

#include "loan.h"
#include "thread.h"

/* One lock for all that must see raw lends and adoptions whole. Rank LEND: before any shard. */
void deed_raw_lock(void);
void deed_raw_unlock(void);

struct deed_ask;
struct deed_finding;

/* deed_raw_lend - lends `bytes` > 0 bytes at `data`; the loan, or 0 and the fault in *ret_finding. */
uint64_t deed_raw_lend(struct deed_thread *me, struct deed_ask *ask, const void *data, size_t bytes,
		       struct deed_finding **ret_finding);

/* An adopted buffer may lie over memory that is lent by address: those lends become loans of it
 * too. Under the raw lock. */
void deed_raw_meet_new_cell(struct deed_thread *me, uint32_t cell);

/* What a raw loan leaves behind when it has ended: its pieces in other cells, and its own cell.
 * `row` is its row, ended, not yet given back. Under the raw lock. */
void deed_raw_end_rest(struct deed_thread *me, struct deed_loan *row, const struct deed_site *at);

/* The invocation that a guard belongs to: see the head of raw.c. */
uint64_t deed_invocation(const struct deed_thread *me, const struct deed_site *at,
			 const void *frame);

#endif
