/* SPDX-License-Identifier: MIT
 *
 * lib/trap/task.c - tasks begin and end.
 */
#include "task.h"

#include "end.h"
#include "tree.h"

void deed_team_begin(struct deed_team *team, struct deed_plan *plan, const void *frame,
		     const struct deed_site *at)
{
	struct deed_thread *const me = deed_self ? deed_self : deed_thread_start();

	team->plan = plan;
	team->at = at;
	team->frame = frame;
	team->outer = me->task;
	team->thread = me->id;
	team->history = NULL;
}

void deed_team_end(struct deed_team *team)
{
	struct deed_thread *const me = deed_enter();

	for (uint32_t i = 0; me && i < team->plan->share_count; i++) {
		const uint64_t lent = team->plan->shares[i].lent;

		if (lent && lent != DEED_LOAN_REFUSED && deed_end_loan(me, lent, 0, team->at))
			deed_slot_give(me, deed_loan_slot(lent));
	}
	team->plan->share_count = 0;
	if (me)
		deed_leave(me);
}

void deed_task_begin(struct deed_task *task, struct deed_team *team, struct deed_part *part,
		     const struct deed_site *at)
{
	struct deed_thread *const me = deed_self ? deed_self : deed_thread_start();

	task->team = team;
	task->part = part;
	task->at = at;
	task->before = me->task;
	task->bits = 0;
	task->first = me->loans_taken;
	task->live = 0;
	task->parts = 0;
	me->task = task;
}

void deed_task_end(struct deed_task *task, const void *frame)
{
	(void)frame;
	deed_self->task = task->before;
}
