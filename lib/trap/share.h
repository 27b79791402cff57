/* SPDX-License-Identifier: MIT
 *
 * lib/trap/share.h - buffers shared out, and the parts that tasks take of them: their beginning and
 * end. How they are recorded and checked is at the head of share.c.
 */
#ifndef DEED_TRAP_SHARE_H
#define DEED_TRAP_SHARE_H

#include "deed/plan.h"
#include "task.h"

/* deed_plan_is_cut - whether a plan can be one, by what it holds. If not, E18 has been raised, and
 * it is a plan of no part now, with an error. `verb`: "run by what is no plan". Outside.
 */
bool deed_plan_is_cut(struct deed_plan *plan, const char *verb, const void *frame,
		      const struct deed_site *at);
/* deed_plan_is_idle - whether none of its parts is at work. If one is, E18 has been raised. `verb`:
 * "run by a plan at work". Outside.
 */
bool deed_plan_is_idle(const struct deed_plan *plan, const char *verb, const void *frame,
		       const struct deed_site *at);
/* deed_plan_lacks_tiles - E18 of a share in tiles, by a plan that has none. Outside. */
void deed_plan_lacks_tiles(const struct deed_plan *plan, const void *frame,
			   const struct deed_site *at);

/* deed_share_out - checks the plan of a share that was just entered in it, and records the loan.
 * `owner` is null of a share of a view.
 * deed_shares_run - its parts are about to be begun at `at`.
 * deed_shares_unwound - deed_loans_unwind() has ended the parts of whatever the thread runs for
 * task `number`: that may be where a jump has landed, or in one of them. Inside, no lock.
 * deed_share_state - why the share is there where the thread shared out, which now is where it did,
 * as a verb: its plan was not run yet, or the parts were left without an end, which only a jump
 * does, or an unwinding. Null elsewhere. Under the shard lock.
 * deed_loan_end_verb - how a share has ended, or another loan, as a verb, if not with its parts, or
 * by its own end: "unshared", "unwound"; else "".
 * deed_shares_end - ends the shares of a plan: its parts are over, or were never begun. Inside, no
 * lock.
 * deed_unshare_all - ends them before the parts were begun: false if they were, or others
 * have shared out: E18 or E20 then. Outside.
 */
void deed_share_out(struct deed_plan *plan, struct deed_share *share,
		    const struct deed_owner *owner, const void *frame, const struct deed_site *at);
void deed_shares_run(const struct deed_plan *plan, const struct deed_site *at);
void deed_shares_unwound(const struct deed_thread *me, uint32_t number);
const char *deed_share_state(const struct deed_thread *me, const struct deed_loan *row);
const char *deed_loan_end_verb(const struct deed_loan *row);
void deed_shares_end(struct deed_thread *me, struct deed_plan *plan, const struct deed_site *at);
bool deed_unshare_all(struct deed_plan *plan, const void *frame, const struct deed_site *at);

/* deed_part_is_of - whether the thread is in a part of the plan, or in one of others in it: what
 * anybody else says is a plan may be none any more. */
bool deed_part_is_of(const struct deed_thread *me, const struct deed_plan *plan);

/* deed_part_row_give - the row of a part that has ended is free again. Inside, no lock. */
void deed_part_row_give(struct deed_thread *me, struct deed_loan *row);

/* A part that nothing was lent of, or nothing any more: no lock, and no atomic exchange. Nobody
 * else changes its word meanwhile, but who ends its share, which comes to the same: what another
 * task would lend on of it is refused before the row is marked, and who is at work for this task
 * has been waited for. The rest of the row is as it was filled in; the thread that ends it is the
 * one that took it. */
static inline bool deed_part_ends(const struct deed_task *task, struct deed_loan *row)
{
	const uint64_t word = deed_loan_word(row);

	if (DEED_UNLIKELY((word & DEED_LOAN_CHILD) || !(word & DEED_LOAN_LIVE)) ||
	    DEED_UNLIKELY((size_t)(row - task->rows) >= DEED_PART_ROWS))
		return false;
	__atomic_store_n(&row->word,
			 ((word & ~DEED_LOAN_SLOT_MASK) + ((uint64_t)1 << DEED_LOAN_SLOT_BITS)) |
				 DEED_LOAN_DIRTY,
			 __ATOMIC_RELEASE);
	return true;
}

/* deed_parts_end - ends the parts of shares that a task took, and what is lent of them.
 * deed_parts_end_quickly - those of which nothing is lent, up to one that is not so: false. Both on
 * its thread; inside, no lock. */
void deed_parts_end(struct deed_thread *me, struct deed_task *task);
static inline bool deed_parts_end_quickly(struct deed_task *task)
{
	for (unsigned left = task->parts; left; left &= left - 1) {
		if (DEED_UNLIKELY(!deed_part_ends(task, task->part_rows[__builtin_ctz(left)])))
			return false;
		task->parts = (uint16_t)(left & (left - 1));
	}
	return true;
}

/* Where the elements of a live owner are; null of any other handle. */
const void *deed_share_base(const struct deed_owner *owner);

#endif
