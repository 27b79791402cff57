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
#include "guard.h"
#include "loan.h"
#include "process.h"
#include "story.h"
#include "tree.h"

__thread struct deed_thread *deed_self;
__thread struct deed_loan *deed_next_row;

static struct {
	struct deed_lock lock;
	struct deed_thread *alive;
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

/* The first thread's, so that a program whose memory is short from the start gets its -ENOMEM. */
static struct deed_thread first;
static bool first_is_taken;

static void thread_ends(void *self)
{
	struct deed_thread *const me = self;

	deed_guards_end_with_thread(me);
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
	if (me->scratch)
		deed_os_unmap(me->scratch, me->scratch_bytes);
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

void *deed_thread_scratch(struct deed_thread *me, size_t bytes)
{
	if (bytes > me->scratch_bytes) {
		unsigned char *const scratch = deed_os_map(bytes);

		if (!scratch)
			return NULL;
		if (me->scratch)
			deed_os_unmap(me->scratch, me->scratch_bytes);
		me->scratch = scratch;
		me->scratch_bytes = bytes;
	} else {
		memset(me->scratch, 0, bytes);
	}
	return me->scratch;
}

void deed_thread_fork_prepare(void)
{
	deed_lock_take(&threads.lock);
}

void deed_thread_fork_done(bool is_child)
{
	if (is_child) {
		threads.alive = deed_self;
		if (deed_self)
			deed_self->next = NULL;
	}
	deed_lock_give(&threads.lock);
}
