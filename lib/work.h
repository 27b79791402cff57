/* SPDX-License-Identifier: MIT
 *
 * lib/work.h - work for a pool that is no part of a plan: what deed_async() hands over.
 *
 *     POSTED --a worker--> BEGUN --> DONE
 *       '-----deed_pool_take_back()--> FRESH
 *
 * A piece of work lies in its owner's storage, linked into the pool's queue until somebody begins
 * with it. Workers take from the queue, first come, first served, when they have no part to
 * work on. They may never come: a pool of one worker has none, and all may wait for parts
 * of their own. So who waits for work takes it back first, and does it himself; only what a
 * thread has begun with is waited for, and what has begun ends by itself.
 */
#ifndef DEED_WORK_H
#define DEED_WORK_H

#include "base.h"
#include "deed/handle.h"

struct deed_pool;

struct deed_work {
	void (*run)(void *context);
	void *context;
	struct deed_work *next, *before; /* in the queue */
	uint32_t state;			 /* of the picture; 0 is FRESH */
};

/* The handle of what is handed over lies right in front of the work. */
static inline const void *deed_work_handle(const struct deed_work *work)
{
	return (const char *)work - sizeof(struct deed_owner);
}

/* deed_pool_post - leaves `work`, which is fresh or done, to whoever is idle. A null pool has
 * nobody.
 *
 * What the caller wrote is seen by run(). Returns 0, or -ESRCH in a child of fork(), which has none
 * of the pool's threads: the work is as it was.
 */
int deed_pool_post(struct deed_pool *pool, struct deed_work *work) DEED_CHECK_RESULT;

/* deed_pool_take_back - whether nobody had begun with it: then nobody will, and it is fresh. Also
 * of one posted before a fork(), in the child. */
bool deed_pool_take_back(struct deed_pool *pool, struct deed_work *work) DEED_CHECK_RESULT;

/* deed_pool_await - sleeps until `work`, which could not be taken back, is done: what run() wrote
 * is seen. Returns 0, or -ESRCH in a child of fork(), if it was not done by then: it never will be.
 * The pool may have ended: then the work is done. */
int deed_pool_await(struct deed_pool *pool, struct deed_work *work) DEED_CHECK_RESULT;

/* Whether it is done; then what run() wrote is seen. */
bool deed_work_is_done(const struct deed_work *work);

#endif
