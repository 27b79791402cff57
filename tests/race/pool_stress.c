/* expects: clean */
/* SPDX-License-Identifier: MIT
 *
 * tests/race/pool_stress.c - pools under everything at once: pool_stress [REGIONS]
 *
 * Four threads call deed_parallel_for() over and over, on a pool that they share and on pools of
 * their own, of 1 to 64 workers, which come and go; with plans of any size, parts that are shared
 * out, nested, given up, or done in the background. Meanwhile a timer interrupts them, and the
 * process forks. Every index must be worked on once, and the memory stay as it is.
 *
 * What grows all the same, in more regions than a test has time for:
 *
 *     the quarantine        up to its 16 MiB, and ThreadSanitizer's shadow of it, 64 MiB more: full
 *                           after some 300000 regions. quarantine=0 does without
 *     a trace               of each thread and fiber, up to 1 MiB, or 16 with history_size=7
 *     a thread that has     leaves some KiB of clang's runtime behind, without deed too; gcc's
 *     come and gone         does not
 *
 * Without ThreadSanitizer nothing does, once the quarantine is full. What deed keeps for ever is
 * each different stack, of which there are few.
 *
 * options: tsan=1
 */
#define _GNU_SOURCE
#include "race.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "deed/async.h"
#include "deed/reduce.h"
#include "deed/share.h"

enum {
	CALLERS = 4,
	REGIONS = 1500,	      /* unless given: what a test may take */
	COUNT_MAX = 1000000,  /* of indices */
	SHARED_MAX = 1 << 16, /* of elements: ThreadSanitizer looks at each of them */
	POOL_LASTS = 100,     /* regions */
	FORKS = 20,
	/* Beside what the first half of the regions has taken. The shadow of a sanitizer follows
	 * allocations around for a while. */
	GROWTH_MAX_KB = 40000,
	STACKS_MAX = 100, /* different ones: it has some twenty */
};

static struct deed_pool *common;
static atomic_size_t regions_done, ticks;
static size_t regions_each;

static uint32_t next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state >> 3;
}

static size_t below(uint32_t *state, size_t limit)
{
	return next(state) % limit;
}

/* What the parts of a region do, and have done. Relaxed, so that it orders nothing. */
struct region {
	struct deed_pool *pool;
	deed_i32_inout v;
	atomic_size_t indices, parts;
	size_t stop_at;
};

static void note(struct region *region, const struct deed_part *part)
{
	atomic_fetch_add_explicit(&region->indices, part->hi - part->lo, memory_order_relaxed);
	atomic_fetch_add_explicit(&region->parts, 1, memory_order_relaxed);
}

static void count_part(struct deed_part *part, void *context)
{
	struct region *const region = context;

	note(region, part);
	if (part->index == region->stop_at)
		deed_part_cancel(part, -ECANCELED);
}

static void touch_part(struct deed_part *part, void *context)
{
	struct region *const region = context;
	const deed_i32_inout mine = deed_part_inout(part, &region->v);

	note(region, part);
	deed_at(mine, 0) += 1;
	deed_at(mine, deed_len(mine) - 1) += 1;
}

static void carve_part(struct deed_part *part, void *context)
{
	deed_i32 xs = DEED_EMPTY;

	note(context, part);
	require(deed_new_in(&xs, deed_part_scratch(part), 1 + part->index % 500) == 0);
	{
		DEED_INOUT(v, &xs);
		deed_at(v, part->index % 500) = 1;
	}
}

static void nest(struct deed_part *part, void *context)
{
	struct region *const outer = context;
	struct region inner = { .pool = outer->pool, .stop_at = SIZE_MAX };
	struct deed_plan plan;

	note(outer, part);
	deed_plan_parts(&plan, part->hi - part->lo, 1 + part->index % 7);
	require(deed_parallel_for(outer->pool, &plan, count_part, &inner) == 0);
	require(inner.indices == part->hi - part->lo);
}

static struct deed_plan random_plan(uint32_t *state, size_t count)
{
	struct deed_plan plan;

	deed_plan_parts(&plan, count, 1 + below(state, 40));
	if (next(state) % 2)
		deed_plan_dynamic(&plan);
	return plan;
}

static void all_of(struct deed_pool *pool, uint32_t *state, size_t count, deed_part_fn fn)
{
	struct region region = { .pool = pool, .stop_at = SIZE_MAX };
	struct deed_plan plan = random_plan(state, count);

	require(deed_parallel_for(pool, &plan, fn, &region) == 0);
	require(region.indices == count && region.parts == plan.parts);
}

static void some_of(struct deed_pool *pool, uint32_t *state)
{
	struct region region = { .pool = pool, .stop_at = below(state, 30) };
	struct deed_plan plan = random_plan(state, 1 + below(state, COUNT_MAX));
	const int expected = region.stop_at < plan.parts ? -ECANCELED : 0;

	require(deed_parallel_for(pool, &plan, count_part, &region) == expected);
	require(region.parts <= plan.parts);
}

static void shared_out(struct deed_pool *pool, uint32_t *state, deed_i32 *xs)
{
	const size_t count = 1 + below(state, SHARED_MAX);
	struct region region = { .pool = pool, .stop_at = SIZE_MAX };
	struct deed_plan plan = random_plan(state, count);

	region.v = deed_inout_part(xs, 0, count);
	deed_share_inout(&plan, &region.v, DEED_BY_INDEX);
	require(deed_parallel_for(pool, &plan, touch_part, &region) == 0);
	require(region.indices == count);
	deed_end(xs, &region.v);
}

static int fill_in_background(void *owner, void *context)
{
	deed_i32 *const xs = owner;
	DEED_INOUT(v, xs);

	deed_fill(v, *(int *)context);
	return 0;
}

static void in_background(struct deed_pool *pool, uint32_t *state)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_i32 xs = DEED_EMPTY;
	int value = (int)next(state);

	require(deed_new(&xs, 1 + below(state, 300)) == 0);
	require(deed_async(pool, &async, fill_in_background, &xs, &value) == 0);
	all_of(pool, state, below(state, 1000), count_part);
	require(deed_await(&async, &xs) == 0);
	{
		DEED_BORROWED(r, &xs);
		require(deed_at(r, 0) == value);
	}
	deed_drop(&xs);
}

static void add_lengths(struct deed_part *part, void *partial, void *unused)
{
	(void)unused;
	*(size_t *)partial += part->hi - part->lo;
}

static void add_up(void *into, const void *from, void *unused)
{
	(void)unused;
	*(size_t *)into += *(const size_t *)from;
}

static void reduced(struct deed_pool *pool, uint32_t *state)
{
	const size_t count = below(state, COUNT_MAX + 1);
	struct deed_plan plan = random_plan(state, count);
	size_t sum = 0;

	require(deed_reduce(pool, &plan, add_lengths, add_up, NULL, &sum, sizeof sum) == 0);
	require(sum == count);
}

static void one_region(struct deed_pool *pool, uint32_t *state, deed_i32 *xs)
{
	switch (next(state) % 10) {
	case 0:
		some_of(pool, state);
		break;
	case 1:
		shared_out(pool, state, xs);
		break;
	case 2:
		all_of(pool, state, below(state, 2000), nest);
		break;
	case 3:
		in_background(pool, state);
		break;
	case 4:
		all_of(pool, state, below(state, 2000), carve_part);
		break;
	case 5:
		reduced(pool, state);
		break;
	default:
		all_of(pool, state, below(state, COUNT_MAX + 1), count_part);
	}
	atomic_fetch_add(&regions_done, 1);
}

/* Many threads at once now and then, and few most of the time. */
static unsigned random_workers(uint32_t *state)
{
	return 1 + (unsigned)below(state, next(state) % 16 ? 8 : 64);
}

static void *call(void *number)
{
	uint32_t state = (uint32_t)(uintptr_t)number * 2654435761u + 1;
	struct deed_pool *own = NULL;
	deed_i32 xs = DEED_EMPTY;

	require(deed_new_zeroed(&xs, SHARED_MAX) == 0);
	for (size_t i = 0; i < regions_each; i++) {
		if (i % POOL_LASTS == 0) {
			require(deed_pool_free(&own) == 0);
			require(deed_pool_new(&own, random_workers(&state)) == 0);
		}
		one_region(next(&state) % 3 ? own : common, &state, &xs);
	}
	require(deed_pool_free(&own) == 0);
	deed_drop(&xs);
	return NULL;
}

static void tick(int number)
{
	(void)number;
	atomic_fetch_add_explicit(&ticks, 1, memory_order_relaxed);
}

/* A child has none of the threads. It works alone, and gives the pool back. */
static void in_child(void)
{
	struct region region = { .stop_at = SIZE_MAX };
	struct deed_plan plan;

	deed_plan_chunks(&plan, 100, 7);
	if (deed_parallel_for(common, &plan, count_part, &region) != -ESRCH)
		_exit(1);
	deed_plan_chunks(&plan, 100, 7);
	if (deed_parallel_for(NULL, &plan, count_part, &region) || region.indices != 100)
		_exit(2);
	_exit(deed_pool_free(&common) ? 3 : 0);
}

static void fork_once(void)
{
	pid_t waited, child = fork();
	int status = 0;

	require(child >= 0);
	if (child == 0)
		in_child();
	do
		waited = waitpid(child, &status, 0);
	while (waited < 0 && errno == EINTR);
	require(waited == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static long resident_kb(void)
{
	FILE *const file = fopen("/proc/self/statm", "r");
	long pages = 0;

	require(file && fscanf(file, "%*d %ld", &pages) == 1);
	require(fclose(file) == 0);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void wait_for(size_t regions)
{
	while (atomic_load(&regions_done) < regions)
		usleep(2000);
}

int main(int argc, char **argv)
{
	const size_t regions = argc > 1 ? (size_t)atol(argv[1]) : REGIONS;
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } };
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };
	const size_t buffers = deed_stats().live_buffers;
	pthread_t thread[CALLERS];
	struct sigaction action;
	long half_kb = 0, end_kb;

	memset(&action, 0, sizeof action);
	action.sa_handler = tick;
	action.sa_flags = SA_RESTART;
	require(sigaction(SIGALRM, &action, NULL) == 0);
	require(setitimer(ITIMER_REAL, &often, NULL) == 0);
	require(deed_pool_new(&common, 3) == 0);
	regions_each = regions / CALLERS;
	for (uintptr_t i = 0; i < CALLERS; i++)
		require(pthread_create(&thread[i], NULL, call, (void *)i) == 0);
	for (size_t i = 1; i <= FORKS; i++) {
		wait_for(regions_each * CALLERS * i / FORKS);
		if (i == FORKS / 2)
			half_kb = resident_kb();
		fork_once();
	}
	end_kb = resident_kb();
	for (int i = 0; i < CALLERS; i++)
		require(pthread_join(thread[i], NULL) == 0);
	require(setitimer(ITIMER_REAL, &never, NULL) == 0);
	require(deed_pool_free(&common) == 0);
	require(deed_stats().live_loans == 0 && deed_stats().live_buffers == buffers);
	require(atomic_load(&ticks) > 0);
	if (argc > 1)
		printf("%zu regions, %zu signals, resident %ld kB at half, %ld kB at the end\n",
		       atomic_load(&regions_done), atomic_load(&ticks), half_kb, end_kb);
	require(end_kb - half_kb < GROWTH_MAX_KB);
	require(deed_stats().stacks < STACKS_MAX);
	return 0;
}
