/* SPDX-License-Identifier: MIT
 *
 * lib/async.c - owners in the background.
 *
 * The struct is the caller's, and holds the owner while it is under way, so that in trap builds the
 * owner is a buffer whose handle lies there: moving it there and back is what makes its use
 * meanwhile E03, and its loss E17. The pool's queue links the struct (work.h). Whoever takes it out
 * calls the function: a thread of the pool; or the one that awaits, which so never waits for a
 * thread that does not come, only for one that is inside of the function.
 *
 * In trap builds the function is a task, and of no team; but what it does, the part that began it
 * does (trap/history.h).
 */
#include "deed/async.h"

#include "base.h"
#include "crew.h"
#include "trap/history.h"
#include "trap/life.h"
#include "trap/shown.h"
#include "trap/unfit.h"
#include "work.h"

_Static_assert(sizeof(struct deed_work) <= sizeof((struct deed_async *)0)->work,
	       "what the program declares has room for what the pool needs");
_Static_assert(offsetof(struct deed_async, work) ==
		       offsetof(struct deed_async, owned.owner) + sizeof(struct deed_owner),
	       "deed_work_handle() finds the owner");

/* What the calling thread is inside of. What it was inside of before is its `before`. */
static __thread struct deed_async *current;

/* Does not alias what the program sees of it. */
static struct deed_work *work_of(const struct deed_async *async)
{
	return (struct deed_work *)(uintptr_t)async->work;
}

/* A copy of one that is under way says so, too, but what the pool has is the other. */
static bool is_copy(const struct deed_async *async)
{
	return work_of(async)->context != async;
}

static struct deed_birth birth_of(const struct deed_async *async)
{
	return (struct deed_birth){ async->history, async->part };
}

static void call(struct deed_async *async)
{
	struct deed_task task;

	async->before = current;
	current = async;
	if (DEED_TRAP) {
		task.birth = birth_of(async);
		deed_turn_begin(&task, NULL, NULL, async->at);
		deed_task_begin(&task, NULL, 0);
	}
	/* By the task, which in trap builds is in no order with its thread: see fiber.h. */
	deed_tell_acquire(work_of(async));
	async->result = async->fn(async->has_rows ? (void *)&async->owned : &async->owned.owner,
				  async->context);
	if (DEED_TRAP && async->history)
		deed_history_hand_back(&async->owned.owner);
	deed_tell_release(async);
	if (DEED_TRAP) {
		deed_task_end(&task);
		deed_turn_end(&task);
	}
	current = async->before;
}

static void run(void *context)
{
	struct deed_async *const async = context;

	if (__atomic_load_n(&async->is_cancelled, __ATOMIC_RELAXED))
		async->result = -ECANCELED;
	else
		call(async);
	if (DEED_TRAP)
		deed_history_let_go(birth_of(async));
}

/* What it holds, to be moved. */
static struct deed_handed held(struct deed_async *async)
{
	return async->has_rows ? deed_handed_columns_(&async->owned)
			       : deed_handed_elements_(&async->owned.owner);
}

/* Whether the handle was left an owner, be it of a buffer that is there or not. */
static bool has_owner(const struct deed_async *async)
{
	return DEED_TRAP ? deed_life_is_said(&async->owned.owner) : deed_owns_(&async->owned.owner);
}

/* Moves an owner; whether `from` is rid of it. */
static bool take(struct deed_handed to, struct deed_handed from, const struct deed_site *to_at,
		 const struct deed_site *at, const void *frame)
{
	if (!DEED_TRAP) {
		deed_move_(to.owner, from.owner, to_at, at);
	} else if (!to.rows != !from.rows) {
		deed_owner_of_another_kind(from.owner, to.rows, frame, to_at);
		return false;
	} else {
		deed_trap_move(to.owner, from.owner, to_at, frame, at);
		if (!deed_trap_owns(to.owner) || deed_trap_owns(from.owner))
			return false;
	}
	if (to.rows) {
		if (DEED_TRAP) {
			deed_show_write(to.rows, sizeof *to.rows, frame);
			deed_show_write(from.rows, sizeof *from.rows, frame);
		}
		*to.rows = *from.rows;
		*from.rows = 0;
	}
	return true;
}

DEED_EXPORT int deed_async_(struct deed_pool *pool, struct deed_async *async, deed_async_fn fn,
			    struct deed_handed owner, void *context, const void *frame,
			    const struct deed_site *at, const struct deed_site *async_at,
			    const struct deed_site *owner_at)
{
	struct deed_work *const work = work_of(async);
	int err;

	if (async->is_under_way)
		return -EBUSY;
	async->has_rows = owner.rows != NULL;
	if (!take(held(async), owner, async_at, owner_at, frame))
		return -EPERM;
	if (DEED_TRAP) {
		const struct deed_birth birth = deed_history_keep();

		async->history = birth.history;
		async->part = birth.part;
		deed_life_is_handed_over(held(async).owner);
	}
	async->pool = pool;
	async->fn = fn;
	async->context = context;
	async->at = at;
	async->is_under_way = 1;
	async->is_run = 0;
	async->has_threads = deed_pool_workers(pool) > 1;
	__atomic_store_n(&async->is_cancelled, 0, __ATOMIC_RELAXED);
	work->run = run;
	work->context = async;
	err = deed_pool_post(pool, work);
	if (err) {
		async->is_under_way = 0;
		if (DEED_TRAP)
			deed_history_let_go(birth_of(async));
		(void)take(owner, held(async), owner_at, async_at, frame);
	}
	return err;
}

/* Sees to it that it is run. */
static int finish(struct deed_async *async)
{
	struct deed_work *const work = work_of(async);
	int err = 0;

	if (async->is_run)
		return 0;
	if (deed_pool_take_back(async->pool, work))
		run(async);
	else
		err = deed_pool_await(async->pool, work);
	async->is_run = !err;
	return err;
}

DEED_EXPORT int deed_await_(struct deed_async *async, struct deed_handed owner, const void *frame,
			    const struct deed_site *owner_at, const struct deed_site *async_at)
{
	int err;

	if (!async->is_under_way)
		return -EINVAL;
	if (is_copy(async)) {
		if (DEED_TRAP)
			deed_owner_is_awaited_by_copy(&async->owned.owner, frame, async_at);
		return -EINVAL;
	}
	for (const struct deed_async *inside = current; inside; inside = inside->before)
		if (inside == async)
			return -EDEADLK;
	err = finish(async);
	if (err)
		return err;
	deed_tell_acquire(async);
	/* The function may have given it up: then there is nothing to move, which is no fault. What
	 * has ended otherwise, as with its arena, is: it is over with that. */
	if (has_owner(async) && !take(owner, held(async), owner_at, async_at, frame)) {
		async->is_under_way = deed_owns_(&async->owned.owner) != 0;
		return -EPERM;
	}
	async->is_under_way = 0;
	return async->result;
}

DEED_EXPORT void deed_async_cancel(struct deed_async *async)
{
	__atomic_store_n(&async->is_cancelled, 1, __ATOMIC_RELAXED);
}

DEED_EXPORT int deed_async_is_cancelled(void)
{
	return current && __atomic_load_n(&current->is_cancelled, __ATOMIC_RELAXED);
}

DEED_EXPORT int deed_async_is_done(const struct deed_async *async)
{
	return !async->is_under_way || is_copy(async) || async->is_run || !async->has_threads ||
	       deed_work_is_done(work_of(async));
}
