/* SPDX-License-Identifier: MIT
 *
 * lib/trap/task.h - who is working: tasks, and the teams that they are of.
 *
 * A *task* is one call of the program's function for one part, or for one deed_async(). The tasks
 * of one deed_parallel_for() are a *team*. Tasks nest: one that calls deed_parallel_for() is the
 * `outer` of a team, and waits; its thread goes on as one of that team's tasks.
 *
 *     team {plan, at} --outer--> task --team--> team ... --> outside of all tasks
 *
 * The pool says when they begin and end, and knows nothing else of this; both structs lie on
 * its stack.
 */
#ifndef DEED_TASK_H
#define DEED_TASK_H

#include "../base.h"
#include "deed/plan.h"
#include "thread.h"

struct deed_history;

struct deed_team {
	struct deed_plan *plan;
	const struct deed_site *at; /* where deed_parallel_for() is written; text: the function */
	const void *frame;
	struct deed_task *outer;      /* the task that called it; null outside */
	uint32_t thread;	      /* whose thread that is */
	struct deed_history *history; /* who lent what of which buffer: see history.h */
};

struct deed_task {
	struct deed_team *team; /* null: of deed_async() */
	struct deed_part *part;
	const struct deed_site *at; /* of deed_async(); else the team's */
	struct deed_task *before;   /* what the thread was at, and returns to */
	uint64_t bits;		    /* in the words of its loans: see task.c */
	uint64_t first;		    /* sequence number, on its thread, of its first loan */
	uint32_t live;		    /* loans taken and not ended, parts of shares left out */
	uint32_t parts;		    /* slot of the newest part of a share that it took; 0 if none */
};

/* Around all of a deed_parallel_for(), on the thread that called it. The end ends the shares of the
 * plan. */
void deed_team_begin(struct deed_team *team, struct deed_plan *plan, const void *frame,
		     const struct deed_site *at);
void deed_team_end(struct deed_team *team);

/* Around one call of the program's function, on the thread that makes it. `team` and `part` are
 * null of deed_async(). */
void deed_task_begin(struct deed_task *task, struct deed_team *team, struct deed_part *part,
		     const struct deed_site *at);
void deed_task_end(struct deed_task *task, const void *frame);

#endif
