/* SPDX-License-Identifier: MIT
 *
 * lib/crew.h - the threads of a pool, and how they are asked to work on a sweep.
 *
 * A *sweep* is one deed_parallel_for() under way, on the stack of the thread that called it. A
 * *lane* is a worker's cache line: one word says whose the worker is now. The word is a sweep's
 * address, or 0, and in its low bits the state:
 *
 *                  a caller                    the worker
 *     IDLE    0 ------------> OFFERED       r ----------> TAKEN   r --the worker--> IDLE
 *     ASLEEP  0 ------------> OFFERED_SLEEP r ----------> TAKEN   r
 *     BUSY    0               (revoked: back to 0)        AWAITED r --the worker--> IDLE, and wakes
 *
 * Each step is one compare-and-swap of the whole word. So a sweep that is over is in no lane's
 * word: its caller has revoked the offers that nobody took, and waited for those that were. A
 * worker that comes late finds no offer, and nobody waits for a worker that has not begun. A caller
 * waits only for workers that are at parts of its own sweep, or of sweeps that these parts
 * called: that is a tree, so nothing can deadlock, however calls nest and share a pool. A sweep's
 * address is unique while it is under way, so a step cannot mistake one sweep for another.
 *
 * IDLE workers look at their word for some ten microseconds, then put ASLEEP there and sleep on
 * it; only those that sleep are woken by a system call. Callers that wait do the same: AWAITED. The
 * kernel looks at the low half of the word, which has the state.
 *
 * Work that is no part (work.h) waits in a queue, and `calls` counts it. A worker that is idle
 * looks there too; while it works on some, it is BUSY.
 */
#ifndef DEED_CREW_H
#define DEED_CREW_H

#include <pthread.h>

#include "lock.h"
#include "work.h"

struct deed_sweep;

enum deed_lane_state {
	DEED_LANE_IDLE,
	DEED_LANE_ASLEEP,
	DEED_LANE_BUSY,
	DEED_LANE_OFFERED,
	DEED_LANE_OFFERED_SLEEP, /* and nobody has woken the worker yet */
	DEED_LANE_TAKEN,
	DEED_LANE_AWAITED, /* taken, and the caller sleeps */
};

/* In `calls`, far above any count: the pool ends. */
#define DEED_CALLS_ENDING ((uint32_t)1 << 31)

/* Sweeps lie at multiples of it. */
#define DEED_SWEEP_ALIGN ((size_t)64)
#define DEED_LANE_STATES ((uint64_t)DEED_SWEEP_ALIGN - 1)

struct deed_lane {
	uint64_t word __attribute__((aligned(64)));
	struct deed_pool *pool;
	pthread_t thread;
	unsigned number; /* from 1 */
};

struct deed_pool {
	unsigned workers; /* lanes, and the caller */
	uint32_t forks;	  /* how many were behind the process when it was made */
	uint32_t spin_ns; /* how long who waits looks before it sleeps */

	uint32_t sweeps __attribute__((aligned(64))); /* under way */

	/* How much work is in the queue, and DEED_CALLS_ENDING. Read by idle workers all the time:
	 * with nothing that is written often. */
	uint32_t calls __attribute__((aligned(64)));

	struct deed_lock lock __attribute__((aligned(64))); /* of the queue */
	struct deed_work *first, *last;

	struct deed_lane lanes[];
};

static inline enum deed_lane_state deed_lane_state(uint64_t word)
{
	return (enum deed_lane_state)(word & DEED_LANE_STATES);
}

static inline struct deed_sweep *deed_lane_sweep(uint64_t word)
{
	return (struct deed_sweep *)(uintptr_t)(word & ~DEED_LANE_STATES);
}

static inline uint64_t deed_lane_word(const struct deed_sweep *sweep, enum deed_lane_state state)
{
	return (uint64_t)(uintptr_t)sweep | (uint64_t)state;
}

/* How many forks lie between the first process and this one. */
extern DEED_HIDDEN uint32_t deed_forks;

/* Whether the process has forked since, and the pool's threads are not in this one. */
bool deed_pool_is_lost(const struct deed_pool *pool);

/* deed_lane_offer - whether the lane was idle, and its worker is now asked to work on the sweep.
 * `may_be_busy`: it is looked at first, which takes longer if it is idle, and costs whoever keeps
 * it busy less if not. *ret_sleeper is set if it must be woken too. */
bool deed_lane_offer(struct deed_lane *lane, const struct deed_sweep *sweep, bool may_be_busy,
		     bool *ret_sleeper);
/* deed_lane_wake - whether its worker was asked to work on the sweep, and asleep: no more now. */
bool deed_lane_wake(struct deed_lane *lane, const struct deed_sweep *sweep);
/* deed_lane_is_left - whether its worker will not touch the sweep any more: it has left it, or
 * never came, and now will not. deed_lane_await() sleeps until it may have left. */
bool deed_lane_is_left(struct deed_lane *lane, const struct deed_sweep *sweep);
void deed_lane_await(struct deed_lane *lane, const struct deed_sweep *sweep);

/* deed_crew_call - wakes a worker that sleeps, if one does, to look at `calls`. */
void deed_crew_call(struct deed_pool *pool);

/* deed_work_begin - the first of the queue, which the caller has to run; null if it is empty. */
struct deed_work *deed_work_begin(struct deed_pool *pool);
void deed_work_run(struct deed_work *work);

/* The worker `number` works on the sweep, as long as there are parts. In pool.c. */
void deed_sweep_work(struct deed_sweep *sweep, unsigned number);

/* ---- waiting -------------------------------------------------------------------------------- */

/* Looking at a word for a while, before sleeping on it: zeroed at the start. */
struct deed_spin {
	uint64_t end_ns;
	uint32_t rounds;
};

/* deed_spin - waits for a moment, and says whether it was not for `spin_ns` in all yet. */
bool deed_spin(struct deed_spin *spin, uint32_t spin_ns);

/* ---- what ThreadSanitizer is told ----------------------------------------------------------- */

/* Its own, and null without it: what a thread did before the release of an address is before what
 * another does after the acquire. A library that is not instrumented has its atomics unseen. */
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

static inline void deed_tell_acquire(const void *address)
{
	if (__tsan_acquire)
		__tsan_acquire((void *)(uintptr_t)address);
}

static inline void deed_tell_release(const void *address)
{
	if (__tsan_release)
		__tsan_release((void *)(uintptr_t)address);
}

#endif
