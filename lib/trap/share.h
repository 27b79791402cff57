/* SPDX-License-Identifier: MIT
 *
 * lib/trap/share.h - buffers shared out, and the parts that tasks take of them: their beginning and
 * end. How they are recorded and checked is at the head of share.c.
 */
#ifndef DEED_TRAP_SHARE_H
#define DEED_TRAP_SHARE_H

#include "../lock.h"
#include "deed/plan.h"
#include "task.h"

/* deed_plan_is_cut - whether a plan can be one, by what it holds. If not, E18 has been raised, and
 * it is a plan of no part now, with an error. `verb`: "run by what is no plan". Outside.
 */
bool deed_plan_is_cut(struct deed_plan *plan, const char *verb, const void *frame,
		      const struct deed_site *at);
/* deed_plan_lacks_tiles - E18 of a share in tiles, by a plan that has none. Outside. */
void deed_plan_lacks_tiles(const struct deed_plan *plan, const void *frame,
			   const struct deed_site *at);

/* deed_share_out - checks the plan of a share that was just entered in it, and records the loan.
 * `owner` is null of a share of a view.
 * deed_shares_run - its parts are about to be begun at `at`.
 * deed_shares_unwound - deed_loans_unwind() has ended the parts of whatever the thread runs for
 * task `number`: that may be where a jump has landed, or in one of them. Inside, no lock.
 * deed_share_left_by - how the thread, which shared out and now is where it did, has left the parts
 * without an end, as a verb: only a jump does that, or an unwinding. Null if it has not. Under the
 * shard lock.
 * deed_shares_end - ends the shares of a plan: its parts are over, or were never begun. Inside, no
 * lock. */
void deed_share_out(struct deed_plan *plan, struct deed_share *share,
		    const struct deed_owner *owner, const void *frame, const struct deed_site *at);
void deed_shares_run(const struct deed_plan *plan, const struct deed_site *at);
void deed_shares_unwound(const struct deed_thread *me, uint32_t number);
const char *deed_share_left_by(const struct deed_thread *me, const struct deed_loan *row);
void deed_shares_end(struct deed_thread *me, struct deed_plan *plan, const struct deed_site *at);

/* How a part takes a share: its elements' size, and the flags of the verb. */
static inline uint64_t deed_taken_as(size_t element, unsigned flags)
{
	return element | (uint64_t)flags << 32;
}

/* deed_part_end_slowly - ends a part of which something is lent, or which has ended otherwise, or
 * whose row is not its number's own. deed_part_row_give - the row of one that has ended is free
 * again. Inside, no lock. */
DEED_COLD void deed_part_end_slowly(struct deed_thread *me, struct deed_task *task,
				    struct deed_loan *row);
void deed_part_row_give(struct deed_thread *me, struct deed_loan *row);

/* A part that nothing was lent of, or nothing any more: no lock. The rest of its row is as it was
 * filled in; the thread that ends it is the one that took it. */
static inline bool deed_part_ends(const struct deed_task *task, struct deed_loan *row)
{
	uint64_t word = deed_loan_word(row), next;

	if (DEED_UNLIKELY((word & DEED_LOAN_CHILD) || !(word & DEED_LOAN_LIVE)) ||
	    DEED_UNLIKELY((size_t)(row - task->rows) >= DEED_PART_ROWS))
		return false;
	next = ((word & ~DEED_LOAN_SLOT_MASK) + ((uint64_t)1 << DEED_LOAN_SLOT_BITS)) |
	       DEED_LOAN_DIRTY;
	if (deed_lock_is_alone()) {
		__atomic_store_n(&row->word, next, __ATOMIC_RELEASE);
		return true;
	}
	return __atomic_compare_exchange_n(&row->word, &word, next, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_RELAXED);
}

/* deed_parts_end - ends the parts of shares that a task took, and what is lent of them. On its
 * thread; inside, no lock. */
static inline void deed_parts_end(struct deed_thread *me, struct deed_task *task)
{
	for (unsigned left = task->parts; left; left &= left - 1) {
		struct deed_loan *const row = task->part_rows[__builtin_ctz(left)];

		if (DEED_UNLIKELY(!deed_part_ends(task, row)))
			deed_part_end_slowly(me, task, row);
	}
	task->parts = 0;
}

/* Where the elements of a live owner are; null of any other handle. */
const void *deed_share_base(const struct deed_owner *owner);

#endif
