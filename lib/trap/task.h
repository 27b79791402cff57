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
 * A thread has a *turn* at a team: it works on some of its tasks, one after the other. What is the
 * same for all of them is done once a turn, for a task may be all of a microsecond.
 *
 * The pool says when they begin and end, and knows nothing else of this; both structs lie on
 * its stack. What decides what a task may do with a loan lies in a table of the ledger's own,
 * by the task's number, for a program may jump out of a task: then its stack is no more, and
 * nobody has said that it ended.
 */
#ifndef DEED_TASK_H
#define DEED_TASK_H

#include "../base.h"
#include "deed/plan.h"
#include "fiber.h"
#include "loan.h"
#include "thread.h"

struct deed_finding;
struct deed_history;

struct deed_team {
	struct deed_plan *plan;
	const struct deed_site *at; /* where deed_parallel_for() is written; text: the function */
	const void *frame;
	struct deed_task *outer;      /* the task that called it; null outside */
	uint32_t thread;	      /* whose thread that is */
	uintptr_t stack_hi;	      /* where its stack ends; 0 if it is on another one */
	struct deed_history *history; /* who lent what of which buffer: see history.h */
	bool is_timed;		      /* asked for in a hot region: */
	uint64_t busy_ns, tasks;      /* how long its tasks took, and how many they were */
	struct deed_fiber_team fibers;
};

/* The part that a deed_async() was begun in, which may be over before it: see history.h. */
struct deed_birth {
	struct deed_history *history; /* of its team; null: in no part */
	size_t part;
};

/* The rows that a number keeps for parts of shares. What an ended one tells is known until so many
 * others have come. */
#define DEED_PART_ROWS 16

/* One after the other, the tasks of a turn. What each of them needs is in one cache line. */
struct deed_task {
	const struct deed_plan *plan __attribute__((aligned(64))); /* of the team */
	struct deed_part *part;
	const struct deed_site *at; /* of deed_async(); else the team's */
	struct deed_loan *rows; /* of its number's own: DEED_PART_ROWS; null if there are none */
	uint64_t who;		/* as in the rows of its parts, but for how they may be used */
	uint32_t turn;		/* which of its number: see tale.h */
	uint32_t index;		/* of its part, which the program may write to */
	uint32_t number;  /* its own among the live ones; 0: the turn has not begun with any, or
			   * they are a signal handler's, for nothing */
	uint8_t row_next; /* of its rows, counted without end */
	bool is_watched;  /* timed, or shown to ThreadSanitizer, or its loans keep stacks */
	uint16_t parts;	  /* a bit for each share of the plan that it took its part of, */
	struct deed_loan *part_rows[DEED_SHARES_MAX]; /* and the row of that */
	struct deed_team *team;			      /* null: of deed_async() */
	const void *frame;			      /* of who works on it; null of deed_async() */
	uint64_t began_ns;			      /* of a team that is timed */
	struct deed_birth birth;		      /* of deed_async(); of others it is not set */
	struct deed_fiber_task fiber;
};

/* Around all of a deed_parallel_for(), on the thread that called it. The end ends the shares of the
 * plan. */
void deed_team_begin(struct deed_team *team, struct deed_plan *plan, const void *frame,
		     const struct deed_site *at);
void deed_team_end(struct deed_team *team);

/* Of a team that is timed: what time it is, and that a task of it is over. */
DEED_COLD uint64_t deed_team_now_ns(void);
DEED_COLD void deed_team_note_time(struct deed_team *team, uint64_t began_ns);

/* Around a thread's turn; `team` is null of deed_async(), whose turn is one task. */
static inline void deed_turn_begin(struct deed_task *task, struct deed_team *team,
				   const void *frame, const struct deed_site *at)
{
	task->team = team;
	task->plan = team ? team->plan : NULL;
	task->is_watched =
		(team && team->is_timed) || deed_options.tsan || deed_options.loan_stacks;
	task->parts = 0;
	task->frame = frame;
	task->at = at;
	task->number = 0;
}

void deed_turn_end(struct deed_task *task);

/* Around one call of the program's function, on the thread that makes it; `part` is null of
 * deed_async(), and `index` its index. Loans that the task took and has not ended are told at its
 * end (E14), and ended.
 */
void deed_task_begin(struct deed_task *task, struct deed_part *part, size_t index);
void deed_task_end(struct deed_task *task);

/* ---- whose loans ---------------------------------------------------------------------------- */

/* What is known of the turn that has a number, or had it last. Written by its thread alone. */
struct deed_task_card {
	struct deed_task *task __attribute__((aligned(64)));
	uint64_t bits;	      /* deed_task_bits() of the number, always */
	uintptr_t limit;      /* who is at or above that on the task's stack, is not in it */
	uint32_t thread;      /* that works on it */
	uint32_t before;      /* number of the task that its thread was at, */
	uint32_t outer;	      /* and of that which called its team; 0 outside */
	uint32_t root_thread; /* which called the outermost team; 0 of deed_async() */
	uint32_t live, index; /* while its thread is at another one: `task_live`, `task_index`, */
	uint64_t first;	      /* and `task_first` */
	uint32_t turn;	      /* which of those of its number: see tale.h */
	uint32_t rows;	      /* the first of its own rows: see part.c; 0: none yet */
	bool is_handed_over;  /* it is of deed_async(), or its outer is: nobody waits for it */
	bool is_unwound;      /* deed_loans_unwind() has ended its latest task */
};
extern DEED_HIDDEN struct deed_task_card deed_task_cards[DEED_TASKS_MAX + 1];

/* Whose a loan is, of a task by its number, or of none:
 *
 *                                    read   lend on   write  lend inout  end
 *     OWN      the task's own        yes    yes       yes    yes         yes
 *     ABOVE    of who waits for it   yes    yes       E20    E20         E20
 *     BEFORE   of who handed it over if borrowed      E20    E20         E20
 *     OTHERS   of another task       E20    E20       E20    E20         E20
 *
 * Outside of all tasks, what no task took is one's own. ABOVE are the tasks that called the team,
 * and the team of that, and who is outside of all.
 */
enum deed_whose { DEED_WHOSE_OWN, DEED_WHOSE_ABOVE, DEED_WHOSE_BEFORE, DEED_WHOSE_OTHERS };
DEED_COLD enum deed_whose deed_task_whose_slowly(const struct deed_thread *me, uint32_t number);

static inline enum deed_whose deed_task_whose(const struct deed_thread *me, uint32_t number)
{
	return DEED_LIKELY(number == me->in_task) ? DEED_WHOSE_OWN
						  : deed_task_whose_slowly(me, number);
}

static inline bool deed_whose_may(enum deed_whose whose, bool is_inout, bool writing)
{
	return whose == DEED_WHOSE_OWN || (whose == DEED_WHOSE_ABOVE && !writing) ||
	       (whose == DEED_WHOSE_BEFORE && !writing && !is_inout);
}

/* deed_task_first - the sequence number of the first loan of a task that is under way: of the
 * calling thread, or of one that waits for its team. */
uint64_t deed_task_first(const struct deed_thread *me, uint32_t number);

/* deed_task_holds - whether a live loan is held by the task, or for it by who waits for it: outside
 * of all tasks by this thread.
 * deed_task_took - whether an ended loan, of which its row tells yet, was taken by the task, or by
 * who waits for it, or outside of all tasks.
 */
bool deed_task_holds(const struct deed_thread *me, uint32_t number, uint32_t thread);
bool deed_task_took(const struct deed_thread *me, const struct deed_loan *row);

/* deed_loan_is_not_ours - E20 of a live loan, or of one that its row tells of; `verb` is what is
 * done to it. Inside, under the shard lock.
 */
struct deed_finding *deed_loan_is_not_ours(struct deed_thread *me, uint32_t slot, const char *verb,
					   const void *frame, const struct deed_site *at);

/* ---- tasks that nothing has ended ----------------------------------------------------------- */

/* deed_task_see - whether the thread's task was jumped out of, seen from `frame`: then it ends, and
 * what it has lent, with E14. Each verb asks that is not quick. Inside, no lock, and again so
 * after. deed_tasks_unwind - the same of those that began after a mark, without E14.
 * deed_tasks_end_with_thread - the thread exits.
 */
DEED_COLD void deed_task_see_slowly(struct deed_thread *me, const void *frame,
				    const struct deed_site *at);
static inline void deed_task_see(struct deed_thread *me, const void *frame,
				 const struct deed_site *at)
{
	if (DEED_UNLIKELY(me->in_task))
		deed_task_see_slowly(me, frame, at);
}
void deed_tasks_unwind(struct deed_thread *me, uint64_t mark);

/* deed_task_is_unwound - whether a part of that index is the latest that the thread was at, inside
 * of what it is at, and was ended so. For what a report says: it may be of another plan. */
bool deed_task_is_unwound(const struct deed_thread *me, size_t index);
void deed_tasks_end_with_thread(struct deed_thread *me);

void deed_tasks_fork_prepare(void);
void deed_tasks_fork_done(bool is_child);

#endif
