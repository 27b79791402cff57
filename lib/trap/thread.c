/* SPDX-License-Identifier: MIT
 *
 * lib/trap/thread.c - threads come and go.
 *
 * A pthread key tells when a thread exits. Other keys' destructors may use deed after
 * ours ran: the thread then simply starts again, and the key is set again; pthreads call
 * destructors in up to four rounds.
 */
#include "thread.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lock.h"
#include "../os.h"
#include "fiber.h"
#include "guard.h"
#include "hot_region.h"
#include "loan.h"
#include "process.h"
#include "slots.h"
#include "story.h"
#include "task.h"

__thread struct deed_thread *deed_self;
__thread struct deed_loan *deed_next_row;

static struct {
	struct deed_lock lock;
	struct deed_thread *alive;
	struct deed_scratch *scratch; /* of threads that have ended */
	uint32_t last_id;
	pthread_key_t key;
} threads;

void deed_ledger_stops(const char *why)
{
	static const char head[] = "deed: the ledger cannot go on: ";

	(void)deed_os_write(STDERR_FILENO, head, sizeof head - 1);
	(void)deed_os_write(STDERR_FILENO, why, strlen(why));
	(void)deed_os_write(STDERR_FILENO, "\n", 1);
	abort();
}

/* Pages with their head in front. Views of them are handed out, which may live for ever, and on
 * other threads: so they are never given back. A thread that ends leaves its own to those that
 * come.
 */
struct deed_scratch {
	struct deed_scratch *older;
	size_t bytes;
	unsigned char data[] __attribute__((aligned(64)));
};

static struct deed_scratch *find_scratch(struct deed_thread *me, size_t bytes)
{
	struct deed_scratch *scratch;

	deed_lock_take(&threads.lock);
	if (!me->scratch) {
		me->scratch = threads.scratch;
		threads.scratch = NULL;
	}
	deed_lock_give(&threads.lock);
	for (scratch = me->scratch; scratch && scratch->bytes < bytes; scratch = scratch->older)
		;
	return scratch;
}

void *deed_thread_scratch(struct deed_thread *me, size_t bytes)
{
	struct deed_scratch *scratch = find_scratch(me, bytes);
	/* Twice the last, so that there are few. */
	const size_t room =
		deed_max(bytes, me->scratch ? 2 * me->scratch->bytes : 4096 - sizeof *scratch);
	size_t all;

	if (scratch) {
		memset(scratch->data, 0, bytes);
		return scratch->data;
	}
	if (__builtin_add_overflow(room, sizeof *scratch, &all))
		return NULL;
	scratch = deed_os_map(all);
	if (!scratch)
		return NULL;
	scratch->bytes = room;
	scratch->older = me->scratch;
	me->scratch = scratch;
	return scratch->data;
}

static void leave_scratch(struct deed_thread *me)
{
	struct deed_scratch *oldest = me->scratch;

	if (!oldest)
		return;
	while (oldest->older)
		oldest = oldest->older;
	deed_lock_take(&threads.lock);
	oldest->older = threads.scratch;
	threads.scratch = me->scratch;
	deed_lock_give(&threads.lock);
}

/* The first thread's, so that a program whose memory is short from the start gets its -ENOMEM. */
static struct deed_thread first;
static bool first_is_taken;

static void thread_ends(void *self)
{
	struct deed_thread *const me = self;

	deed_tasks_end_with_thread(me);
	deed_guards_end_with_thread(me);
	deed_hot_end_with_thread(me);
	deed_findings_end_with_thread(me);
	deed_slots_give_back(me);
	deed_lock_take(&threads.lock);
	for (struct deed_thread **at = &threads.alive; *at; at = &(*at)->next)
		if (*at == me) {
			*at = me->next;
			break;
		}
	deed_lock_give(&threads.lock);
	deed_self = NULL;
	leave_scratch(me);
	if (me != &first)
		deed_os_unmap(me, sizeof *me);
}

void deed_threads_init(void)
{
	if (pthread_key_create(&threads.key, thread_ends))
		deed_ledger_stops("no thread-specific key is left");
}

void deed_threads_done(void)
{
	(void)pthread_key_delete(threads.key);
}

DEED_COLD struct deed_thread *deed_thread_try_start(void)
{
	struct deed_thread *const me = __atomic_exchange_n(&first_is_taken, true, __ATOMIC_RELAXED)
					       ? deed_os_map(sizeof *me)
					       : &first;

	deed_process_begin();
	if (!me)
		return NULL;
	deed_os_stack_bounds(&me->stack_lo, &me->stack_hi);
	/* Inside from here: a signal handler that came while the lock is held would wait for
	 * itself. */
	me->inside = 1;
	deed_self = me;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	deed_lock_take(&threads.lock);
	me->id = ++threads.last_id;
	me->whole = DEED_WHO_WHOLE(me->id, 0);
	me->next = threads.alive;
	threads.alive = me;
	deed_lock_give(&threads.lock);
	(void)pthread_setspecific(threads.key, me);
	deed_leave(me);
	return me;
}

DEED_COLD struct deed_thread *deed_thread_start(void)
{
	struct deed_thread *const me = deed_thread_try_start();

	if (!me)
		deed_ledger_stops("no memory for a thread's record");
	return me;
}

bool deed_thread_is_alive(uint32_t id)
{
	bool found = false;

	deed_lock_take(&threads.lock);
	for (const struct deed_thread *at = threads.alive; at && !found; at = at->next)
		found = at->id == id;
	deed_lock_give(&threads.lock);
	return found;
}

void deed_thread_fork_prepare(void)
{
	deed_lock_take(&threads.lock);
}

void deed_thread_fork_done(bool is_child)
{
	if (is_child) {
		deed_fibers_in_child(threads.alive && threads.alive->next);
		threads.alive = deed_self;
		if (deed_self)
			deed_self->next = NULL;
	}
	deed_lock_give(&threads.lock);
}
