/* SPDX-License-Identifier: MIT
 *
 * lib/trap/guard.h - guards that were jumped over.
 */
#ifndef DEED_GUARD_H
#define DEED_GUARD_H

#include "loan.h"
#include "thread.h"

/* Whether the newest guard was left behind, seen from a frame. */
static inline bool deed_guard_is_dead(const struct deed_thread *me, const void *frame)
{
	const uintptr_t here = (uintptr_t)frame;

	return me->guards && deed_on_own_stack(me, here) &&
	       deed_on_own_stack(me, deed_loan_at(me->guards)->frame) &&
	       deed_loan_at(me->guards)->frame < here;
}

/* deed_guards_end_jumped_over - ends every guard in a frame deeper than `frame`, on the same stack,
 * each with E14: how many. Inside, no lock; raises, and is inside again. */
size_t deed_guards_end_jumped_over(struct deed_thread *me, const struct deed_site *at,
				   const void *frame);

/* deed_guards_end_since - ends every guard from the thread's loan number `first` on, each with E14:
 * they are of a task, or of a thread, that has ended. Inside, no lock; raises, and is inside again.
 */
void deed_guards_end_since(struct deed_thread *me, uint64_t first, const struct deed_site *at,
			   const void *frame, bool with_thread);

/* The thread exits, or the process does. A guard around a call of exit() is no fault. */
void deed_guards_end_with_thread(struct deed_thread *me);
void deed_guards_end_with_process(struct deed_thread *me);

#endif
