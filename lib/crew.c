/* SPDX-License-Identifier: MIT
 *
 * lib/crew.c - the threads of a pool: how they come, wait for work, and go.
 *
 * The words of the lanes are told of in crew.h. What a worker does:
 *
 *     rest --offer--> deed_sweep_work() --> IDLE, rest
 *          --calls--> BUSY: first of the queue, run it --> IDLE, rest
 *          --calls--> the queue is empty, and the pool ends: the thread does
 *
 * No call is lost. Who posts work writes `calls` and then looks for a worker that sleeps; who goes
 * to sleep writes ASLEEP and then looks at `calls`; all four are sequentially consistent, so
 * that one of the two sees the other. Each post wakes a sleeper of its own, because one that is
 * awake may be on its way to work that was posted before.
 *
 * fork(): the child has none of the threads, and may find the queue's lock (work.c) taken for ever.
 * A handler counts forks, and a pool of another count is not touched.
 */
#define _GNU_SOURCE
#include "crew.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "backend.h"
#include "cpus.h"
#include "deed/pool.h"
#include "os.h"

/* Sweeps of a loop follow each other within microseconds; to wake a thread takes as long as this,
 * and on a virtual machine longer. Where there are more workers than CPUs, who looks keeps somebody
 * from working. */
#define SPIN_NS 30000
#define SPIN_NS_CROWDED 500

_Static_assert(DEED_LANE_AWAITED <= DEED_LANE_STATES, "a sweep's alignment has room for states");

/* ---- fork ----------------------------------------------------------------------------------- */

uint32_t deed_forks;

static void count_fork(void)
{
	deed_forks++;
}

__attribute__((constructor(103))) static void watch_forks(void)
{
	(void)pthread_atfork(NULL, NULL, count_fork);
}

bool deed_pool_is_lost(const struct deed_pool *pool)
{
	return pool->forks != deed_forks;
}

/* ---- waiting -------------------------------------------------------------------------------- */

bool deed_spin(struct deed_spin *spin, uint32_t spin_ns)
{
	enum { ROUNDS_PER_LOOK = 16 }; /* at the clock, which takes longer than a pause */

#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb");
#endif
	if (spin->rounds++ % ROUNDS_PER_LOOK)
		return true;
	if (!spin->end_ns) {
		spin->end_ns = deed_os_now_ns() + spin_ns;
		return true;
	}
	return deed_os_now_ns() < spin->end_ns;
}

/* The half of a word that has the state. */
static const uint32_t *half_of(const uint64_t *word)
{
	return (const uint32_t *)(const void *)word + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

/* ---- lanes ---------------------------------------------------------------------------------- */

static bool step(struct deed_lane *lane, uint64_t from, uint64_t to)
{
	return __atomic_compare_exchange_n(&lane->word, &from, to, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_RELAXED);
}

bool deed_lane_offer(struct deed_lane *lane, const struct deed_sweep *sweep, bool may_be_busy,
		     bool *ret_sleeper)
{
	uint64_t word =
		may_be_busy ? __atomic_load_n(&lane->word, __ATOMIC_RELAXED) : DEED_LANE_IDLE;

	/* The compare-and-swap that fails tells the word. */
	while (word == DEED_LANE_IDLE || word == DEED_LANE_ASLEEP) {
		const bool sleeps = word == DEED_LANE_ASLEEP;

		if (__atomic_compare_exchange_n(
			    &lane->word, &word,
			    deed_lane_word(sweep,
					   sleeps ? DEED_LANE_OFFERED_SLEEP : DEED_LANE_OFFERED),
			    false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
			*ret_sleeper |= sleeps;
			return true;
		}
	}
	return false;
}

bool deed_lane_wake(struct deed_lane *lane, const struct deed_sweep *sweep)
{
	const uint64_t sleeps = deed_lane_word(sweep, DEED_LANE_OFFERED_SLEEP);

	if (__atomic_load_n(&lane->word, __ATOMIC_RELAXED) != sleeps ||
	    !step(lane, sleeps, deed_lane_word(sweep, DEED_LANE_OFFERED)))
		return false;
	deed_os_wake(half_of(&lane->word));
	return true;
}

bool deed_lane_is_left(struct deed_lane *lane, const struct deed_sweep *sweep)
{
	/* Acquires what the worker did at the sweep's parts, before its exchange in leave(): those
	 * that have changed the word since did it with one of theirs, which keeps that order. */
	const uint64_t word = __atomic_load_n(&lane->word, __ATOMIC_ACQUIRE);

	if (deed_lane_sweep(word) != sweep)
		return true;
	switch (deed_lane_state(word)) {
	case DEED_LANE_OFFERED:
		return step(lane, word, DEED_LANE_IDLE);
	case DEED_LANE_OFFERED_SLEEP: /* and goes on sleeping */
		return step(lane, word, DEED_LANE_ASLEEP);
	default:
		return false;
	}
}

void deed_lane_await(struct deed_lane *lane, const struct deed_sweep *sweep)
{
	const uint64_t awaited = deed_lane_word(sweep, DEED_LANE_AWAITED);

	(void)step(lane, deed_lane_word(sweep, DEED_LANE_TAKEN), awaited);
	if (__atomic_load_n(&lane->word, __ATOMIC_RELAXED) == awaited)
		deed_os_wait(half_of(&lane->word), (uint32_t)awaited);
}

/* The worker is idle again; a sweep that it leaves may be gone with this. */
static void leave(struct deed_lane *me)
{
	const uint64_t word = __atomic_exchange_n(&me->word, DEED_LANE_IDLE, __ATOMIC_SEQ_CST);

	if (deed_lane_state(word) == DEED_LANE_AWAITED)
		deed_os_wake(half_of(&me->word));
}

/* One that sleeps is woken, if one does. */
void deed_crew_call(struct deed_pool *pool)
{
	for (unsigned i = 0; i + 1 < pool->workers; i++) {
		struct deed_lane *const lane = &pool->lanes[i];

		if (__atomic_load_n(&lane->word, __ATOMIC_SEQ_CST) == DEED_LANE_ASLEEP &&
		    step(lane, DEED_LANE_ASLEEP, DEED_LANE_IDLE)) {
			deed_os_wake(half_of(&lane->word));
			return;
		}
	}
}

/* ---- workers -------------------------------------------------------------------------------- */

/* Until there is an offer, or a call. */
static uint64_t rest(struct deed_lane *me)
{
	const struct deed_pool *const pool = me->pool;
	struct deed_spin spin = { 0, 0 };

	for (;;) {
		const uint64_t word = __atomic_load_n(&me->word, __ATOMIC_SEQ_CST);

		if (deed_lane_sweep(word) || __atomic_load_n(&pool->calls, __ATOMIC_SEQ_CST))
			return word;
		if (word == DEED_LANE_ASLEEP)
			deed_os_wait(half_of(&me->word), DEED_LANE_ASLEEP);
		else if (!deed_spin(&spin, pool->spin_ns))
			(void)step(me, DEED_LANE_IDLE, DEED_LANE_ASLEEP);
	}
}

/* False when the pool ends. */
static bool answer_call(struct deed_lane *me)
{
	struct deed_work *const work = deed_work_begin(me->pool);
	const bool is_over =
		!work && (__atomic_load_n(&me->pool->calls, __ATOMIC_SEQ_CST) & DEED_CALLS_ENDING);

	if (work)
		deed_work_run(work);
	leave(me);
	return !is_over;
}

/* Signals are for the program's own threads; but those that a thread's own mistake raises would, if
 * blocked, end the process without the program's handler. */
static void block_signals(sigset_t *ret_before)
{
	static const int own[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS };
	sigset_t all;

	sigfillset(&all);
	for (size_t i = 0; i < DEED_ARRAY_LEN(own); i++)
		sigdelset(&all, own[i]);
	(void)pthread_sigmask(SIG_BLOCK, &all, ret_before);
}

static void name_worker(unsigned number)
{
	char name[16] = "deed-w", digits[8];
	size_t len = strlen(name), count = 0;

	do
		digits[count++] = (char)('0' + number % 10);
	while (number /= 10);
	while (count)
		name[len++] = digits[--count];
	(void)pthread_setname_np(pthread_self(), name);
}

static void *be_worker(void *lane)
{
	struct deed_lane *const me = lane;

	name_worker(me->number);
	/* In a child that a part has forked, there is nobody to work for: its one thread ends. */
	while (!deed_pool_is_lost(me->pool)) {
		const uint64_t word = rest(me);
		struct deed_sweep *const sweep = deed_lane_sweep(word);

		if (!step(me, word,
			  deed_lane_word(sweep, sweep ? DEED_LANE_TAKEN : DEED_LANE_BUSY)))
			continue;
		if (!sweep && !answer_call(me))
			break;
		if (sweep) {
			deed_sweep_work(sweep, me->number);
			leave(me);
		}
	}
	return NULL;
}

/* ---- the pool ------------------------------------------------------------------------------- */

static size_t pool_bytes(unsigned workers)
{
	return sizeof(struct deed_pool) + (workers - 1) * sizeof(struct deed_lane);
}

static void free_pool(struct deed_pool *pool)
{
	deed_backend_free(pool, pool_bytes(pool->workers), _Alignof(struct deed_pool));
}

/* Ends the first `count` threads, when the queue is empty. */
static void end_threads(struct deed_pool *pool, unsigned count)
{
	__atomic_or_fetch(&pool->calls, DEED_CALLS_ENDING, __ATOMIC_SEQ_CST);
	for (unsigned i = 0; i < count; i++)
		deed_crew_call(pool);
	for (unsigned i = 0; i < count; i++)
		(void)pthread_join(pool->lanes[i].thread, NULL);
}

static int begin_threads(struct deed_pool *pool)
{
	sigset_t before;
	unsigned begun = 0;
	int err = 0;

	block_signals(&before);
	while (!err && begun < pool->workers - 1) {
		struct deed_lane *const lane = &pool->lanes[begun];

		lane->pool = pool;
		lane->number = begun + 1;
		err = pthread_create(&lane->thread, NULL, be_worker, lane);
		begun += !err;
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		end_threads(pool, begun);
	return -err;
}

DEED_EXPORT int deed_pool_new(struct deed_pool **ret, unsigned workers)
{
	const unsigned cpus = deed_cpus();
	struct deed_pool *pool;
	int err;

	if (workers > DEED_WORKERS_MAX)
		return -EINVAL;
	if (!workers)
		workers = (unsigned)deed_min(cpus, DEED_WORKERS_MAX);
	pool = deed_backend_alloc(pool_bytes(workers), _Alignof(struct deed_pool), true);
	if (!pool)
		return -ENOMEM;
	pool->workers = workers;
	pool->forks = deed_forks;
	pool->spin_ns = workers > cpus ? SPIN_NS_CROWDED : SPIN_NS;
	err = begin_threads(pool);
	if (err) {
		free_pool(pool);
		return err;
	}
	*ret = pool;
	return 0;
}

static bool is_worker_of(const struct deed_pool *pool, pthread_t thread)
{
	for (unsigned i = 0; i + 1 < pool->workers; i++)
		if (pthread_equal(pool->lanes[i].thread, thread))
			return true;
	return false;
}

DEED_EXPORT int deed_pool_free(struct deed_pool **pool)
{
	struct deed_pool *const ending = *pool;

	if (!ending)
		return 0;
	if (!deed_pool_is_lost(ending)) {
		struct deed_work *work;

		if (__atomic_load_n(&ending->sweeps, __ATOMIC_SEQ_CST) ||
		    is_worker_of(ending, pthread_self()))
			return -EBUSY;
		end_threads(ending, ending->workers - 1);
		/* What a pool of one worker was given, or the last work that ran gave it. */
		while ((work = deed_work_begin(ending)))
			deed_work_run(work);
	}
	free_pool(ending);
	*pool = NULL;
	return 0;
}

DEED_EXPORT unsigned deed_pool_workers(const struct deed_pool *pool)
{
	return pool ? pool->workers : 1;
}
