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
/* deed_plan_lacks_tiles - E18 of a share in tiles, by a plan that has none. Outside. */
void deed_plan_lacks_tiles(const struct deed_plan *plan, const void *frame,
			   const struct deed_site *at);

/* deed_share_out - checks the plan of a share that was just entered in it, and records the loan.
 * `owner` is null of a share of a view.
 * deed_shares_run - its parts are about to be begun at `at`.
 * deed_share_is_left - whether they were, and the thread, which shared out and now is where it did,
 * has left them without an end: only a jump does that. Under the shard lock.
 * deed_shares_end - ends the shares of a plan: its parts are over, or were never begun. Inside, no
 * lock. */
void deed_share_out(struct deed_plan *plan, struct deed_share *share,
		    const struct deed_owner *owner, const void *frame, const struct deed_site *at);
void deed_shares_run(const struct deed_plan *plan, const struct deed_site *at);
bool deed_share_is_left(const struct deed_thread *me, const struct deed_loan *row);
void deed_shares_end(struct deed_thread *me, struct deed_plan *plan, const struct deed_site *at);

/* deed_parts_end - ends the parts of shares that a task took, and what is lent of them. On its
 * thread; inside, no lock. */
void deed_parts_end(struct deed_thread *me, struct deed_task *task, const struct deed_site *at);

/* Where the elements of a live owner are; null of any other handle. */
const void *deed_share_base(const struct deed_owner *owner);

#endif
