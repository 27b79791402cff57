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

/* deed_raw_lend - lends `bytes` > 0 bytes at `data`; the loan, or 0 and the fault in *ret_finding.
 * What is an arena's (deed_arena_open_over()), whoever holds the bytes may give to it.
 */
uint64_t deed_raw_lend(struct deed_thread *me, struct deed_ask *ask, const void *data, size_t bytes,
		       struct deed_finding **ret_finding);

/* An adopted buffer may lie over memory that is lent by address: those lends become loans of it
 * too. Under the raw lock. */
void deed_raw_meet_new_cell(struct deed_thread *me, uint32_t cell);

/* What a raw loan leaves behind when it has ended: its pieces in other cells, and its own cell.
 * `row` is its row, ended, not yet given back. Under the raw lock. */
void deed_raw_end_rest(struct deed_thread *me, struct deed_loan *row, const struct deed_site *at);

/* The invocation that a guard belongs to, by its group: see the head of raw.c. Inline, because
 * every guard asks; most find no other guard, or one of another frame. */
static inline uint64_t deed_invocation(const struct deed_thread *me, const struct deed_site *at,
				       const void *frame)
{
	uint64_t group = 0;
	bool is_first = true;

	for (uint32_t slot = me->guards; slot; slot = deed_loan_at(slot)->next_guard) {
		const struct deed_loan *const row = deed_loan_at(slot);

		if (row->frame != (uintptr_t)frame || row->site->function != at->function)
			continue;
		if (is_first)
			group = row->group;
		else if (row->group != group)
			break;
		is_first = false;
		if (row->site == at && (deed_loan_word(row) & DEED_LOAN_LIVE))
			return me->loans_taken + 1;
	}
	return group;
}

#endif
