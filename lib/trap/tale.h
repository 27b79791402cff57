/* SPDX-License-Identifier: MIT
 *
 * lib/trap/tale.h - what reports say of a task: which part it works on, of how many, for whom.
 *
 * A report may come when the task is over, and its struct, which lay on the pool's stack, is gone.
 * So what a report needs is written down when the task begins, by the task's number, and stays
 * until the number is another task's. The row of a loan has the number of the task that took it.
 */
#ifndef DEED_TALE_H
#define DEED_TALE_H

#include "loan.h"
#include "plain.h"
#include "task.h"

struct deed_tale {
	const struct deed_site *at; /* where the team, or the deed_async(), was asked for; null if
				     * that is not known any more, and outside of all tasks */
	uint32_t thread;	    /* which thread asked */
	bool is_async;
	size_t part, parts; /* parts 0: no part */
	size_t lo, hi, x_lo, x_hi;
};

/* deed_tale_keep - once, when a task begins on the calling thread: `number` is its own among the
 * live ones, 1 to DEED_TASKS_MAX. */
void deed_tale_keep(const struct deed_thread *me, uint32_t number, const struct deed_task *task);

/* deed_tale_of_thread - of the task that it works on, if it does.
 * deed_tale_of_part - of a part of a team that lives, whether it has begun or is over.
 * deed_tale_of_loan - of the task that took a loan, live or ended, as its row still tells of it. */
struct deed_tale deed_tale_of_thread(const struct deed_thread *me);
struct deed_tale deed_tale_of_part(const struct deed_team *team, size_t index);
struct deed_tale deed_tale_of_loan(const struct deed_loan *row);

/* What a sentence calls it: "part 3", "a task of deed_async()", "code outside of all parts". */
struct deed_plain deed_tale_name(const struct deed_tale *tale);

#endif
