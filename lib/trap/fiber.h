/* SPDX-License-Identifier: MIT
 *
 * lib/trap/fiber.h - tasks, as ThreadSanitizer is shown them.
 *
 * Threads are what it orders, and which thread works on a part is luck: two parts that one
 * worker happened to do one after the other would be in order, and a race between them never
 * heard of. So each task is a *fiber* of its own, which to ThreadSanitizer is a thread that is
 * switched to:
 *
 *     caller   team_begin ------------------------------------ team_end
 *                   \  \                                       /  /
 *     task 0         \  begin --------- fn ---------------- end  /
 *     task 1          begin ----------- fn ------------------ end
 *
 * It is in order behind the beginning of its team and before its end, and with nothing else:
 * whether it is the same thread or another. pthread_self() stays what it is.
 *
 * The function of a deed_async() is behind that call, and before deed_await() returns, and that too
 * is all: what its caller does in between is in no order with it, though it may be this caller's
 * thread that runs it, in deed_await(), after all that.
 *
 *     caller   deed_async ---- x = 1 ---- deed_await( ................. ) ---- x = 3
 *                      \                                               /
 *     task              `--------------------------------- fn: x = 2 --'
 *
 * The tasks of one thread lie on one stack, and see the same thread-local variables: what one of
 * them wrote there, and the next finds, is no race. So a task that ends has ThreadSanitizer
 * forget the stack below it, as a thread that begins does, and the thread's variables; and so does
 * one of deed_async() that begins, for what its thread wrote there before. What the variables lead
 * to is not forgotten.
 *
 * What parts keep by the number of their worker is heard of as a race, though no two of them
 * have one number at a time: which parts meet there is luck too.
 *
 * DEED_OPTIONS=tsan=0 leaves it out, as a ledger does that ThreadSanitizer sees into (unseen.h):
 * the order of its locks counts there. Without ThreadSanitizer it costs the test of a byte.
 *
 * Limits. Thread-local variables of libraries that are loaded later, by dlopen(), are not known:
 * what two tasks of one thread do with them is a race. The others are ThreadSanitizer's. It stops
 * the process at a longjmp() or pthread_exit() out of a task, over its end. A signal handler that
 * comes while its thread works on a task is that task's: what two of them note in one variable must
 * be atomic.
 */
#ifndef DEED_FIBER_H
#define DEED_FIBER_H

#include "../base.h"
#include "../unseen.h"
#include "deed/plan.h"
#include "options.h"
#include "thread.h"

/* In a team. ThreadSanitizer hangs the order on the addresses of the words. */
struct deed_fiber_team {
	uint64_t number, caller; /* of the team, ever; and of the task, or thread, that it is of */
	uint32_t begun, done;
};

/* In a task. */
struct deed_fiber_task {
	uint64_t number;
	uint32_t begun;
	uint32_t fiber; /* which, from 1; 0: none was free, and the task is in order with its
			 * thread */
};

/* Once, when the options have been read. */
void deed_fibers_init(void);

/* The functions of the same names, with ThreadSanitizer in the process. */
void deed_fibers_team_begin(struct deed_fiber_team *team, struct deed_fiber_task *outer);
void deed_fibers_team_end(struct deed_fiber_team *team);
void deed_fibers_begin(struct deed_fiber_task *task, struct deed_fiber_team *team,
		       const struct deed_part *part, const void *stack);
void deed_fibers_end(struct deed_fiber_task *task, struct deed_fiber_team *team, const void *stack);
void deed_fibers_forget(const void *address, size_t bytes);

static inline bool deed_fibers_are_shown(void)
{
	return DEED_IS_UNSEEN && DEED_UNLIKELY(deed_options.tsan);
}

/* Around a team, on the thread of its caller. `outer` is of the task that it is; null outside. */
static inline void deed_fiber_team_begin(struct deed_fiber_team *team,
					 struct deed_fiber_task *outer)
{
	if (deed_fibers_are_shown())
		deed_fibers_team_begin(team, outer);
}

static inline void deed_fiber_team_end(struct deed_fiber_team *team)
{
	if (deed_fibers_are_shown())
		deed_fibers_team_end(team);
}

/* Around a task: the last of its beginning, and the last of its end, in functions that are
 * DEED_UNSEEN, for they return in another fiber than they were called in. `team` and `part` are
 * null of deed_async(), whose order async.c tells. `stack`: below it lie the frames of the task's
 * functions, and before it what the thread's have left there. */
static inline void deed_fiber_begin(struct deed_fiber_task *task, struct deed_fiber_team *team,
				    const struct deed_part *part, const void *stack)
{
	if (deed_fibers_are_shown())
		deed_fibers_begin(task, team, part, stack);
}

static inline void deed_fiber_end(struct deed_fiber_task *task, struct deed_fiber_team *team,
				  const void *stack)
{
	if (deed_fibers_are_shown())
		deed_fibers_end(task, team, stack);
}

/* Memory of a thread that its tasks use in turn. */
static inline void deed_fiber_forget(const void *address, size_t bytes)
{
	if (deed_fibers_are_shown())
		deed_fibers_forget(address, bytes);
}

/* In a child of fork(), of a parent that had other threads, or had none. */
void deed_fibers_in_child(bool had_threads);

#endif
