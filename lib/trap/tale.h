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

#include "cut.h"
#include "loan.h"
#include "plain.h"
#include "task.h"

struct deed_tale {
	const struct deed_site *at; /* where the team, or the deed_async(), was asked for; null if
				     * that is not known any more, and outside of all tasks */
	uint32_t thread;	    /* which thread asked */
	bool is_async;		    /* of a task of deed_async(), which a part may have begun */
	size_t part, parts;	    /* parts 0: no part */
	size_t lo, hi, x_lo, x_hi;
};

/* So many tasks later one is forgotten. About as long its loans are, too: the thread takes 64
 * others before it uses a row again. */
#define DEED_TALES_KEPT 16

struct deed_tale_of_turn {
	const struct deed_site *at;
	struct deed_cut cut;	 /* of its plan */
	uint32_t worker, caller; /* threads: that had the turn, and that asked for the team */
	uint32_t number;	 /* which turn it is: counted without end */
};

struct deed_tale_of_task {
	uint64_t first; /* sequence number of its first loan; 0: of none */
	uint32_t index; /* of its part */
	uint32_t turn;	/* which one */
};

/* Of a number, and so on cache lines of their own. */
struct deed_tales {
	struct deed_tale_of_task tasks[DEED_TALES_KEPT] __attribute__((aligned(64)));
	struct deed_tale_of_turn turns[DEED_TALES_KEPT];
	uint32_t latest_turn, latest_task; /* counted without end */
};
extern DEED_HIDDEN struct deed_tales deed_tales[DEED_TASKS_MAX + 1];

/* deed_tale_turn - a turn begins on the calling thread, of tasks of this number, 1 to
 * DEED_TASKS_MAX; returns which one it is.
 * deed_tale_note - the calling thread is in a task, of which there may be something to tell: it
 * takes a loan that is no part of a share, or calls a team. */
uint32_t deed_tale_turn(const struct deed_thread *me, uint32_t number,
			const struct deed_task *task);
DEED_COLD void deed_tale_note_first(struct deed_thread *me);

static inline void deed_tale_note(struct deed_thread *me)
{
	if (!me->task_is_noted)
		deed_tale_note_first(me);
}

/* What the row of a part keeps of its task, in `group`, and that takes no more than a store. */
static inline uint64_t deed_tale_of_part_row(uint32_t index, uint32_t turn)
{
	return index | (uint64_t)turn << 32;
}

/* deed_tale_of_thread - of the task that it works on, if it does.
 * deed_tale_of_part - of a part of a plan that was so cut, which the thread asked for `at`, whether
 * it has begun or is over.
 * deed_tale_of_loan - of the task that took a loan, live or ended, as its row still tells of it. */
struct deed_tale deed_tale_of_thread(const struct deed_thread *me);
struct deed_tale deed_tale_of_part(const struct deed_cut *cut, size_t index,
				   const struct deed_site *at, uint32_t thread);
struct deed_tale deed_tale_of_loan(const struct deed_loan *row);

/* What a sentence calls it: "part 3", "a task of deed_async()", "code outside of all parts". */
struct deed_plain deed_tale_name(const struct deed_tale *tale);

#endif
