/* SPDX-License-Identifier: MIT
 *
 * lib/work.c - the queue of a pool: work that is no part.
 *
 * A list, in the order that the work came in, whose links are in the work itself. `calls` (crew.h)
 * counts it for the workers, who look there before they sleep. A piece of work is taken out
 * under the lock, by the worker that begins with it or by who takes it back: so one of the two
 * has it. When it is done the worker touches it no more, for it may then be gone.
 *
 * Lock: one per pool, a leaf. In a child of fork() it may be taken for ever, and is left alone.
 */
#include "work.h"

#include <errno.h>

#include "crew.h"
#include "os.h"
#include "trap/thread.h"
#include "trap/unfit.h"

enum { FRESH, POSTED, BEGUN, BEGUN_AWAITED, DONE };

/* Trap builds ask, under the lock, whether what the queue leads to is in it still. Who forgets to
 * await leaves a link into a block that is no more, and what is written through it is anybody's.
 * Which it is, `work` or a neighbour; null if all is well. AddressSanitizer need not hear of it. */
static __attribute__((noinline, no_sanitize_address)) const struct deed_work *lost_at(
	const struct deed_pool *pool, const struct deed_work *work)
{
	if (__atomic_load_n(&work->state, __ATOMIC_RELAXED) != POSTED)
		return work;
	if ((work->before ? work->before->next : pool->first) != work)
		return work->before ? work->before : work;
	if ((work->next ? work->next->before : pool->last) != work)
		return work->next ? work->next : work;
	return NULL;
}

static void look_at(struct deed_pool *pool, const struct deed_work *work)
{
	const struct deed_work *const lost = DEED_TRAP ? lost_at(pool, work) : NULL;

	if (DEED_TRAP && lost) {
		deed_lock_give(&pool->lock);
		deed_owner_is_lost(deed_work_handle(lost));
		deed_ledger_stops("a struct deed_async that was under way is no more: call "
				  "deed_await() before it leaves its scope");
	}
}

/* Takes `work` out, under the lock. */
static void unlink_work(struct deed_pool *pool, struct deed_work *work)
{
	look_at(pool, work);
	*(work->before ? &work->before->next : &pool->first) = work->next;
	*(work->next ? &work->next->before : &pool->last) = work->before;
	__atomic_sub_fetch(&pool->calls, 1, __ATOMIC_SEQ_CST);
}

/* The first of the queue, begun with; null if it is empty. */
struct deed_work *deed_work_begin(struct deed_pool *pool)
{
	struct deed_work *work;

	deed_lock_take(&pool->lock);
	work = pool->first;
	if (work) {
		unlink_work(pool, work);
		__atomic_store_n(&work->state, BEGUN, __ATOMIC_RELAXED);
	}
	deed_lock_give(&pool->lock);
	return work;
}

void deed_work_run(struct deed_work *work)
{
	deed_tell_acquire(work);
	work->run(work->context);
	deed_tell_release(&work->state);
	/* The work may be gone with this, and then nobody sleeps at its address. */
	if (__atomic_exchange_n(&work->state, DONE, __ATOMIC_ACQ_REL) == BEGUN_AWAITED)
		deed_os_wake(&work->state);
}

int deed_pool_post(struct deed_pool *pool, struct deed_work *work)
{
	if (pool && deed_pool_is_lost(pool))
		return -ESRCH;
	deed_tell_release(work);
	work->next = NULL;
	work->state = POSTED;
	if (!pool)
		return 0;
	deed_lock_take(&pool->lock);
	if (pool->last)
		look_at(pool, pool->last);
	work->before = pool->last;
	*(pool->last ? &pool->last->next : &pool->first) = work;
	pool->last = work;
	__atomic_add_fetch(&pool->calls, 1, __ATOMIC_SEQ_CST);
	deed_lock_give(&pool->lock);
	deed_crew_call(pool);
	return 0;
}

bool deed_pool_take_back(struct deed_pool *pool, struct deed_work *work)
{
	bool is_mine;

	/* Of work that is begun or done, the pool is not asked: it may have ended. */
	if (__atomic_load_n(&work->state, __ATOMIC_RELAXED) != POSTED)
		return false;
	if (!pool || deed_pool_is_lost(pool)) {
		work->state = FRESH;
		return true;
	}
	deed_lock_take(&pool->lock);
	is_mine = __atomic_load_n(&work->state, __ATOMIC_RELAXED) == POSTED;
	if (is_mine) {
		unlink_work(pool, work);
		work->state = FRESH;
	}
	deed_lock_give(&pool->lock);
	return is_mine;
}

int deed_pool_await(struct deed_pool *pool, struct deed_work *work)
{
	struct deed_spin spin = { 0, 0 };
	uint32_t state;

	while (!deed_work_is_done(work)) {
		if (!pool || deed_pool_is_lost(pool))
			return -ESRCH;
		if (deed_spin(&spin, pool->spin_ns))
			continue;
		state = BEGUN;
		(void)__atomic_compare_exchange_n(&work->state, &state, BEGUN_AWAITED, false,
						  __ATOMIC_RELAXED, __ATOMIC_RELAXED);
		deed_os_wait(&work->state, BEGUN_AWAITED);
	}
	return 0;
}

bool deed_work_is_done(const struct deed_work *work)
{
	if (__atomic_load_n(&work->state, __ATOMIC_ACQUIRE) != DONE)
		return false;
	deed_tell_acquire(&work->state);
	return true;
}
