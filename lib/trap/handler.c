/* SPDX-License-Identifier: MIT
 *
 * lib/trap/handler.c - the handler and its context, always as a pair.
 *
 * A handler may be changed by one thread while another reports, or by a signal handler
 * while its own thread reads. So readers take no lock: each change goes into the next of
 * a few places, and a reader that was overtaken by nearly as many changes as there are
 * places reads again. Who changes it is inside of the ledger: a signal handler that comes then, and
 * forks, leaves the locks alone (process.c).
 */
#include "handler.h"

#include "../base.h"
#include "../lock.h"
#include "thread.h"

#define PLACES 16

static struct deed_handler places[PLACES];
static uint32_t changes;
static struct deed_lock lock;

DEED_UNSEEN void deed_trap_on_fault(deed_fault_fn handler, void *context)
{
	struct deed_thread *const me = deed_enter();
	struct deed_handler *place;

	deed_lock_take(&lock);
	place = &places[(changes + 1) % PLACES];
	__atomic_store_n(&place->call, handler, __ATOMIC_RELAXED);
	__atomic_store_n(&place->context, context, __ATOMIC_RELAXED);
	/* The pair before the number that leads to it: see deed_handler_now(). */
	__atomic_store_n(&changes, changes + 1, __ATOMIC_RELEASE);
	deed_lock_give(&lock);
	if (me)
		deed_leave(me);
}

void deed_handler_fork_prepare(void)
{
	deed_lock_take(&lock);
}

void deed_handler_fork_done(void)
{
	deed_lock_give(&lock);
}

DEED_UNSEEN struct deed_handler deed_handler_now(void)
{
	struct deed_handler now;
	uint32_t seen;

	do {
		const struct deed_handler *place;

		seen = __atomic_load_n(&changes, __ATOMIC_ACQUIRE);
		place = &places[seen % PLACES];
		now.call = __atomic_load_n(&place->call, __ATOMIC_RELAXED);
		now.context = __atomic_load_n(&place->context, __ATOMIC_RELAXED);
		/* One change less than PLACES may be under way to this very place. An addition of
		 * nothing, because it stays behind the loads above, as a fence would keep a load.
		 */
	} while (__atomic_fetch_add(&changes, 0, __ATOMIC_ACQ_REL) - seen >= PLACES - 1);
	return now;
}
