/* SPDX-License-Identifier: MIT
 *
 * deed/pool.h - threads that work on the parts of a plan, and wait for the next one.
 *
 *     #include <deed.h>
 *     #include <deed/pool.h>
 *     ...
 *     static void count_part(struct deed_part *part, void *context);
 *
 *     struct deed_pool *pool = NULL;
 *     struct deed_plan plan;
 *     int err = deed_pool_new(&pool, 0);                 one worker per CPU
 *
 *     deed_plan_chunks(&plan, rows, 64);
 *     if (!err)
 *             err = deed_parallel_for(pool, &plan, count_part, &job);
 *     deed_pool_free(&pool);
 *
 * deed_parallel_for() calls the function once for each part, on several threads at once, and
 * returns when all have returned: what the parts wrote is seen by the caller, and what the
 * caller wrote by the parts. The calling thread works too. Buffers are shared out to the parts
 * by deed/share.h, which lets a trap build prove that no two of them meet.
 *
 * A null pool is one worker, the calling thread: what works with a pool works without. Calls
 * nest: a part may call deed_parallel_for(), on the same pool too, and gets the workers that are
 * idle, or works alone. Several threads may use one pool at once in the same way. Nothing
 * here waits for a thread that could wait for it.
 */
#ifndef DEED_POOL_H
#define DEED_POOL_H

#include "deed/arena.h"
#include "deed/plan.h"

#define DEED_WORKERS_MAX 1024

struct deed_pool;

/* Works on one part. `part` and what it points to end when it returns. */
typedef void (*deed_part_fn)(struct deed_part *part, void *context);

DEED_BEGIN_C

/* deed_pool_new - starts a pool of `workers`: the thread that calls deed_parallel_for(), and
 * workers - 1 threads, named deed-w1 and so on.
 *
 * `workers` 0: as many as the calling thread may run on CPUs at once, by its affinity mask and the
 * quota of its control group. They block all signals but those of their own mistakes. They spin for
 * 30 microseconds when there is nothing to do, and then sleep: an idle pool takes no time. Where
 * there are more workers than CPUs, they sleep at once.
 *
 * Returns 0: *ret is the pool, to be ended by deed_pool_free(). -EINVAL of more than
 * DEED_WORKERS_MAX; -ENOMEM; -EAGAIN if the system does not give so many threads: *ret is as it
 * was, and no thread is left.
 */
int deed_pool_new(struct deed_pool **ret, unsigned workers) DEED_CHECK_RESULT;

/* deed_pool_free - ends the threads and the pool. *pool is null afterwards, and may be before.
 *
 * Work that deed_async() gave it and that nobody has begun is done first. Returns 0, or -EBUSY if
 * a deed_parallel_for() still runs on it, or the caller is one of its own threads: the pool is as
 * it was then. In a child of fork(), which has none of the threads, it only gives the memory back.
 * A pool that is there at exit is no fault: its threads end with the process.
 */
int deed_pool_free(struct deed_pool **pool);

/* deed_pool_workers - how many workers it has, the calling thread counted; 1 for null. */
unsigned deed_pool_workers(const struct deed_pool *pool);

/* deed_parallel_for - calls fn(part, context) for each part of `plan`, and returns when all have
 * returned.
 *
 * `pool`: may be null. `plan`: its parts, and what was shared out with it, which is so no longer
 * when this returns, whatever it returns. It may be used again: share out again before that. Parts
 * are begun in no order that the program may count on.
 *
 * Returns 0, or what deed_part_cancel() was told. Else no part has been begun:
 *
 *     -EINVAL, -EOVERFLOW   of the plan (deed/plan.h): each time, until it is cut anew; -EINVAL of
 *                           one that is all zero, too
 *     -ESRCH                in a child of fork(), which has none of the pool's threads
 *     those of deed_share_inout() and deed_share_borrowed(), which end with the shares
 *
 * Faults: the plan's, of deed/share.h. E18 of a plan that was never cut, as far as that shows, and
 * of one whose parts are at work, as in one of them (-EINVAL). E14 of a loan that a part took and
 * has not ended when it returns. E19 if two parts lend elements of one buffer, one of them inout,
 * or one of them drops, moves, resizes or makes it, at whatever time; but what one has moved away,
 * another may have. If the handle is stale when the second part comes with it, because the first
 * has moved, dropped or released what it had, that is E03, E04 or E05: which of the ids it is then
 * depends on the order, and not that there is one. What deed_async() is given in a part counts as
 * the part's, even if it is awaited when the parts are over; what is handed over with it, whoever
 * awaits it has as by a move. E20 if a part uses, lends on or ends a loan of another, or more than
 * reads through the caller's loans: it may read them and lend them on to be read, but not write,
 * lend inout or end them. A thread that a part starts is in no part: the part's loans are E20
 * there. DEED_OPTIONS=schedule=SEED works on one part at a time, in an order drawn from the seed.
 * It is buffers that are compared, not handles: deed_len() and deed_owns() conflict with nothing;
 * buffers that several parts make in one handle and drop there again, or move out of it and back,
 * are told where they meet (E02, E03, E04), or by ThreadSanitizer.
 *
 * fn returns. A part that ends its thread (pthread_exit) leaves the caller waiting for ever; what
 * it had lent is E14, and ended. Nor may a part jump out (longjmp) of a deed_parallel_for() that
 * others work for. Out of one on a null pool it may, after deed_loans_unwind(). If that was not
 * called, what it had lent is E14, and what was shared out stays so (E09). The same holds of C++
 * exceptions. (To ThreadSanitizer each part of a trap build is a thread, out of which nobody jumps:
 * it stops the process, but for DEED_OPTIONS=tsan=0.) A signal handler that interrupts a part is in
 * it. A child that a part makes by fork() is in that part alone: it has the part's loans, and those
 * that the part may read. If the part returns there, no other is begun: on the calling thread this
 * returns -ESRCH, on another the child ends, as by exit(0).
 *
 * Cost: 200 to 300 ns more than the parts of whoever is last, if the pool's threads are awake, and
 * so much less if the caller is done before they come. Takes no memory, and some KiB of the stack.
 */
#define deed_parallel_for(pool, plan, fn, context)                                                 \
	deed_parallel_for_((pool), (plan), (fn), (context), DEED_FRAME,                            \
			   DEED_HERE(#fn, (unsigned char *)0))

/* deed_part_cancel - the parts that nobody has begun are not begun any more.
 *
 * Those that others are working on go on; the caller's own too, until it returns. `err` is what
 * deed_parallel_for() returns: a negative errno, or 0 where enough has been done. Of several
 * parts that cancel, the one of lowest index counts; of several calls in one, the first. `part`:
 * the one that the function was given, or that of a plan around this one. E20, and nothing is
 * cancelled, if it is another's, or over, or a copy, or if the caller is no part: a function of
 * deed_async(), a thread.
 *
 * deed_part_is_cancelled - whether a part has: long ones may look, and return early. E20, and 0, as
 * deed_part_cancel().
 */
#define deed_part_cancel(part, err)                                                                \
	deed_part_cancel_((part), (err), DEED_FRAME, DEED_HERE(#part, (unsigned char *)0))
#define deed_part_is_cancelled(part)                                                               \
	deed_part_is_cancelled_((part), DEED_FRAME, DEED_HERE(#part, (unsigned char *)0))

/* deed_part_scratch - an arena of the part's own, empty when it begins; what is in it ends with the
 * part, and so does the arena.
 *
 * `part`: the one that the function was given. Nothing is allocated but in the first parts of a
 * worker that need more than any before. Faults as DEED_SCRATCH (deed/arena.h). E20 if anybody else
 * has to do with the arena, or asks for it: another part, one of a plan that this part works on, a
 * function of deed_async(), a thread; or if `part` is a copy. E21 outside of all parts when the
 * part is over. A copy of the arena is the arena. Trap builds tell so of the arenas of the last
 * 1024 parts. The part may close it, which gives the memory back; it is empty then, and the part's
 * until that ends. A part that is jumped out of keeps its arena until the thread exits.
 */
#define deed_part_scratch(part)                                                                    \
	deed_part_scratch_((part), DEED_FRAME,                                                     \
			   DEED_HERE("deed_part_scratch(" #part ")", (unsigned char *)0))

/* ---- the functions behind the macros -------------------------------------------------------- */

int deed_parallel_for_(struct deed_pool *pool, struct deed_plan *plan, deed_part_fn fn,
		       void *context, const void *frame,
		       const struct deed_site *at) DEED_CHECK_RESULT;
void deed_part_cancel_(struct deed_part *part, int err, const void *frame,
		       const struct deed_site *at);
int deed_part_is_cancelled_(const struct deed_part *part, const void *frame,
			    const struct deed_site *at);
struct deed_arena *deed_part_scratch_(struct deed_part *part, const void *frame,
				      const struct deed_site *at);

DEED_END_C

#endif
