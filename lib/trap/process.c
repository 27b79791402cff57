/* SPDX-License-Identifier: MIT
 *
 * lib/trap/process.c - the process begins, forks and ends.
 *
 * Begin: a constructor with a priority before those of programs, so that deed works in
 * theirs. Fork: every lock is taken in rank order before and given back after; the child
 * keeps its own thread's loans, ends the others', and does not answer for the buffers that
 * its parent made. End: an atexit handler registered by the constructor, so that it runs
 * after the program's own; what still lives then is a leak (leak.c).
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "../foreign.h"
#include "../lock.h"
#include "../os.h"
#include "asan.h"
#include "carve.h"
#include "cell.h"
#include "check.h"
#include "chunks.h"
#include "crash.h"
#include "deliver.h"
#include "desk.h"
#include "fiber.h"
#include "guard.h"
#include "handler.h"
#include "history.h"
#include "hot_region.h"
#include "leak.h"
#include "lease.h"
#include "near.h"
#include "options.h"
#include "process.h"
#include "quarantine.h"
#include "raw.h"
#include "shard.h"
#include "stack.h"
#include "story.h"
#include "task.h"
#include "thread.h"
#include "tree.h"

/* ---- fork ----------------------------------------------------------------------------------- */

/* What a fork under way must know afterwards. Of the thread: several may fork at once, and wait for
 * each other at the first lock. A signal handler that interrupted a verb and forks finds locks
 * taken by its own thread: they are left as they are, and the child may only exec.
 */
struct deed_fork {
	sigset_t mask;
	bool has_locks, had_threads;
};

static struct deed_fork *fork_of(struct deed_thread *me)
{
	static struct deed_fork without_memory; /* for a record */

	_Static_assert(sizeof(struct deed_fork) <= sizeof me->fork_room, "thread.h has room");
	return me ? (struct deed_fork *)(void *)me->fork_room : &without_memory;
}

static void before_fork(void)
{
	/* Here, because it takes memory, which not every malloc() has for a child of threads. */
	struct deed_thread *const me = deed_self ? deed_self : deed_thread_try_start();
	struct deed_fork *const this = fork_of(me);
	sigset_t all;

	/* A handler that lent something would wait for a lock that its own thread has. */
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &this->mask);
	this->had_threads = deed_os_thread_count() > 1;
	this->has_locks = !(me && me->inside);
	if (!this->has_locks)
		return;
	deed_thread_fork_prepare();
	deed_raw_lock();
	deed_shards_take();
	deed_history_fork_prepare();
	deed_lease_fork_prepare();
	deed_quarantine_fork_prepare();
	deed_near_fork_prepare();
	deed_chunks_fork_prepare();
	deed_cells_fork_prepare();
	deed_loans_fork_prepare();
	deed_tasks_fork_prepare();
	deed_foreign_fork_prepare();
	deed_deliver_fork_prepare();
	deed_handler_fork_prepare();
}

static void give_locks_back(bool is_child)
{
	deed_handler_fork_done();
	deed_deliver_fork_done();
	deed_foreign_fork_done();
	deed_tasks_fork_done(is_child);
	deed_loans_fork_done();
	deed_cells_fork_done();
	deed_chunks_fork_done();
	deed_near_fork_done();
	deed_quarantine_fork_done();
	deed_lease_fork_done();
	deed_history_fork_done();
	deed_shards_give();
	deed_raw_unlock();
	deed_thread_fork_done(is_child);
}

static void in_parent(void)
{
	const struct deed_fork this = *fork_of(deed_self);

	if (this.has_locks)
		give_locks_back(false);
	(void)pthread_sigmask(SIG_SETMASK, &this.mask, NULL);
}

static void begin_child(void)
{
	const uint32_t made = deed_cells_made();

	give_locks_back(true);
	for (uint32_t slot = 1; slot < made; slot++)
		if (deed_cell_at(slot)->is_live || (deed_cell_at(slot)->flags & DEED_CELL_HELD))
			deed_cell_at(slot)->flags |= DEED_CELL_INHERITED;
	deed_end_loans_of_others(deed_self ? deed_self : deed_thread_start());
	deed_hot_fork_done();
}

static void in_child(void)
{
	const struct deed_fork this = *fork_of(deed_self);

	deed_stack_fork_done(this.had_threads);
	if (this.has_locks)
		begin_child();
	(void)pthread_sigmask(SIG_SETMASK, &this.mask, NULL);
}

/* ---- the end -------------------------------------------------------------------------------- */

static void at_the_end(void)
{
	struct deed_thread *me = deed_self ? deed_self : deed_thread_start();

	deed_desks_wait();
	if (me->inside)
		return;	     /* exit() from a handler that interrupted a verb, or from a report */
	deed_hot_report(me); /* before what may stop the process */
	deed_guards_end_with_process(me);
	/* What this process made: its parent looks at the rest itself. */
	(void)deed_check_memory(DEED_CELL_INHERITED, "at exit");
	(void)deed_arenas_check(DEED_CELL_INHERITED, "at exit");
	deed_quarantine_close();
	if (deed_options.leaks)
		deed_report_leaks(me);
}

/* ---- the beginning -------------------------------------------------------------------------- */

static void begin(void)
{
	deed_options_read();
	deed_show_init();
	deed_fibers_init();
	deed_asan_begin();
	deed_crash_begin();
	deed_loans_init();
	deed_threads_init();
	(void)pthread_atfork(before_fork, in_parent, in_child);
	(void)atexit(at_the_end);
}

/* A static library gives a program only the files that it refers to: the first thread's record asks
 * for this one, so that the constructor is there wherever a verb is. */
void deed_process_begin(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, begin);
}

__attribute__((constructor(102))) static void begin_early(void)
{
	deed_process_begin();
}
