/* SPDX-License-Identifier: MIT
 *
 * tests/async_laws.h - what deed_async() promises in both flavours, on every pool.
 */
#ifndef ASYNC_LAWS_H
#define ASYNC_LAWS_H

#include <criterion/criterion.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deed.h"
#include "deed/async.h"
#include "deed/soa.h"
#include "every_pool.h"

#define PARTICLE(FIELD) FIELD(uint8_t, kind) FIELD(double, weight) FIELD(uint32_t, id)
DEED_SOA(particles, PARTICLE);

static deed_u32 numbers(size_t count)
{
	deed_u32 xs = DEED_EMPTY;

	cr_assert(deed_new_zeroed(&xs, count) == 0);
	return xs;
}

static uint32_t first_of(const deed_u32 *xs)
{
	DEED_BORROWED(r, xs);

	return deed_at(r, 0);
}

/* Adds 1 to each, and says how many there are. */
static int count_up(void *owner, void *context)
{
	deed_u32 *const xs = owner;
	DEED_INOUT(v, xs);

	(void)context;
	for (size_t i = 0; i < deed_len(v); i++)
		deed_at(v, i)++;
	return (int)deed_len(v);
}

/* ---- there and back ------------------------------------------------------------------------- */

static void round_trip_on(struct deed_pool *pool)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_u32 xs = numbers(100), ys = DEED_EMPTY;
	int err;

	for (uint32_t round = 1; round <= 10; round++) {
		err = deed_async(pool, &async, count_up, &xs, NULL);
		cr_assert(err == 0 && !deed_owns(&xs));
		err = deed_await(&async, &ys);
		cr_assert(err == 100 && deed_owns(&ys) && first_of(&ys) == round);
		deed_move(&xs, &ys);
	}
	deed_drop(&xs);
}

static void an_owner_goes_and_comes_back(void)
{
	on_every_pool(round_trip_on);
}

static void without_a_pool_the_one_that_awaits_does_it(void)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_u32 xs = numbers(1);
	int err = deed_async(NULL, &async, count_up, &xs, NULL);

	cr_assert(err == 0 && deed_async_is_done(&async));
	err = deed_await(&async, &xs);
	cr_assert(err == 1 && first_of(&xs) == 1);
	deed_drop(&xs);
}

/* Many at once, awaited in another order than they were begun in. */
static void many_on(struct deed_pool *pool)
{
	enum { MANY = 500 };
	static struct deed_async asyncs[MANY];
	static deed_u32 xs[MANY];

	for (size_t i = 0; i < MANY; i++) {
		int err;

		xs[i] = numbers(1 + i % 7);
		err = deed_async(pool, &asyncs[i], count_up, &xs[i], NULL);
		cr_assert(err == 0);
	}
	for (size_t i = 0; i < MANY; i++) {
		const size_t at = i * 7 % MANY;
		int err;

		cr_assert(!deed_owns(&xs[at]));
		err = deed_await(&asyncs[at], &xs[at]);
		cr_assert(err == (int)(1 + at % 7) && first_of(&xs[at]) == 1);
		deed_drop(&xs[at]);
	}
}

static void many_may_be_under_way(void)
{
	on_every_pool(many_on);
}

/* ---- columns -------------------------------------------------------------------------------- */

static particles rows(uint32_t count)
{
	particles ps = DEED_EMPTY;

	cr_assert(deed_soa_new_zeroed(&ps, 0) == 0);
	for (uint32_t i = 0; i < count; i++)
		cr_assert(deed_soa_push(&ps, { .kind = 1, .weight = i, .id = i }) == 0);
	return ps;
}

static bool has_rows(const particles *ps, uint32_t count)
{
	bool are_right = deed_soa_len(*ps) == count;

	for (uint32_t i = 0; are_right && i < count; i++) {
		const particles_row row = deed_soa_get(ps, i);

		are_right = row.kind == 1 && row.id == i && row.weight >= i && row.weight <= i;
	}
	return are_right;
}

/* Adds as many rows as there are, which is more than there is room for. */
static int push_as_many(void *owner, void *context)
{
	particles *const ps = owner;
	const uint32_t count = (uint32_t)deed_soa_len(*ps);
	int err = 0;

	(void)context;
	for (uint32_t i = count; !err && i < 2 * count; i++)
		err = deed_soa_push(ps, { .kind = 1, .weight = i, .id = i });
	return err ? err : (int)deed_soa_len(*ps);
}

static int count_rows(void *owner, void *context)
{
	(void)context;
	return (int)deed_soa_len(*(particles *)owner);
}

static int drop_rows(void *owner, void *context)
{
	(void)context;
	deed_soa_drop((particles *)owner);
	return -EIO;
}

/* Keeps what it was given, and leaves what there was. */
static int exchange_rows(void *owner, void *context)
{
	particles *const ps = owner, *const kept = context;
	particles was = DEED_EMPTY;

	deed_soa_move(&was, ps);
	deed_soa_move(ps, kept);
	deed_soa_move(kept, &was);
	return 0;
}

static void columns_on(struct deed_pool *pool)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	particles ps = rows(100), back = DEED_EMPTY, kept = rows(3);
	deed_u32 xs = numbers(10);
	int err = deed_async(pool, &async, push_as_many, &ps, NULL);

	cr_assert(err == 0 && !deed_soa_owns(&ps));
	err = deed_await(&async, &back);
	cr_assert(err == 200 && !deed_soa_owns(&ps) && has_rows(&back, 200));
	err = deed_async(pool, &async, exchange_rows, &back, &kept);
	cr_assert(err == 0);
	err = deed_await(&async, &back);
	cr_assert(err == 0 && has_rows(&back, 3) && has_rows(&kept, 200));
	err = deed_async(pool, &async, drop_rows, &back, NULL);
	cr_assert(err == 0);
	err = deed_await(&async, &kept); /* nothing comes back, and so this may own */
	cr_assert(err == -EIO && !deed_soa_owns(&back) && has_rows(&kept, 200));
	/* The next one may be of another kind. */
	err = deed_async(pool, &async, count_up, &xs, NULL);
	cr_assert(err == 0);
	err = deed_async(pool, &async, push_as_many, &kept, NULL);
	cr_assert(err == -EBUSY && has_rows(&kept, 200));
	err = deed_await(&async, &xs);
	cr_assert(err == 10);
	for (uint32_t round = 0; round < 100; round++) {
		err = deed_async(pool, &async, count_rows, &kept, NULL);
		cr_assert(err == 0);
		deed_async_cancel(&async);
		err = deed_await(&async, &kept);
		cr_assert(err == 200 || err == -ECANCELED);
		cr_assert(has_rows(&kept, 200));
	}
	deed_soa_drop(&kept);
	deed_drop(&xs);
}

static void columns_go_and_come_back(void)
{
	on_every_pool(columns_on);
}

/* ---- what the function leaves --------------------------------------------------------------- */

static int make_longer(void *owner, void *context)
{
	(void)context;
	return deed_resize((deed_u32 *)owner, 1000);
}

static int drop_it(void *owner, void *context)
{
	(void)context;
	deed_drop((deed_u32 *)owner);
	return -EIO;
}

/* Keeps what it was given, and leaves another in its place. */
static int exchange(void *owner, void *context)
{
	deed_swap((deed_u32 *)owner, (deed_u32 *)context);
	return 0;
}

static void leaves_on(struct deed_pool *pool)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_u32 xs = numbers(10), kept = numbers(20);
	int err = deed_async(pool, &async, make_longer, &xs, NULL);

	cr_assert(err == 0);
	err = deed_await(&async, &xs);
	cr_assert(err == 0 && deed_len(xs) == 1000);
	err = deed_async(pool, &async, exchange, &xs, &kept);
	cr_assert(err == 0);
	err = deed_await(&async, &xs);
	cr_assert(err == 0 && deed_len(xs) == 20 && deed_len(kept) == 1000);
	err = deed_async(pool, &async, drop_it, &xs, NULL);
	cr_assert(err == 0);
	err = deed_await(&async, &kept); /* nothing comes back, and so this may own */
	cr_assert(err == -EIO && !deed_owns(&xs) && deed_len(kept) == 1000);
	err = deed_async(pool, &async, exchange, &kept, &xs);
	cr_assert(err == 0);
	err = deed_await(&async, &kept);
	cr_assert(err == 0 && !deed_owns(&kept) && deed_len(xs) == 1000);
	deed_drop(&xs);
}

static void what_the_function_leaves_comes_back(void)
{
	on_every_pool(leaves_on);
}

/* ---- errors --------------------------------------------------------------------------------- */

static int await_self(void *owner, void *context)
{
	deed_u32 none = DEED_EMPTY;

	(void)owner;
	return deed_await((struct deed_async *)context, &none);
}

static void errors_on(struct deed_pool *pool)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_u32 xs = numbers(10), ys = numbers(20);
	int err = deed_await(&async, &xs);

	cr_expect(err == -EINVAL && deed_len(xs) == 10 && deed_async_is_done(&async));
	err = deed_async(pool, &async, count_up, &xs, NULL);
	cr_assert(err == 0);
	err = deed_async(pool, &async, count_up, &ys, NULL);
	cr_expect(err == -EBUSY && deed_len(ys) == 20);
	err = deed_await(&async, &xs);
	cr_expect(err == 10 && deed_len(xs) == 10);
	err = deed_await(&async, &xs);
	cr_expect(err == -EINVAL && deed_len(xs) == 10);
	err = deed_async(pool, &async, await_self, &xs, &async);
	cr_assert(err == 0);
	err = deed_await(&async, &xs);
	cr_expect(err == -EDEADLK && deed_len(xs) == 10);
	deed_drop(&xs);
	deed_drop(&ys);
}

static void what_is_wrong_is_an_error(void)
{
	on_every_pool(errors_on);
}

struct held_up {
	atomic_bool is_begun, may_end;
};

static int wait_to_end(void *owner, void *context)
{
	struct held_up *const held_up = (struct held_up *)context;

	atomic_store(&held_up->is_begun, true);
	while (!atomic_load(&held_up->may_end))
		sched_yield();
	return count_up(owner, NULL);
}

/* What it is to await copies of one that waits, of one that is run, and of one that is done: each
 * is an error, and the owner comes back to who awaits the one that was begun. In trap builds it is
 * told, too. */
static void await_copies(struct deed_pool *pool, int (*await)(struct deed_async *, deed_u32 *))
{
	struct held_up held_up = { .is_begun = false };
	struct deed_async async = DEED_ASYNC_EMPTY, copy;
	deed_u32 xs = numbers(10), ys = DEED_EMPTY;
	int err = deed_async(pool, &async, wait_to_end, &xs, &held_up);

	cr_assert(err == 0);
	copy = async;
	cr_expect(await(&copy, &ys) == -EINVAL && deed_async_is_done(&copy));
	while (deed_pool_workers(pool) > 1 && !atomic_load(&held_up.is_begun))
		sched_yield();
	copy = async;
	cr_expect(await(&copy, &ys) == -EINVAL && deed_async_is_done(&copy));
	deed_async_cancel(&copy);
	atomic_store(&held_up.may_end, true);
	err = deed_await(&async, &xs);
	cr_expect(err == 10 && first_of(&xs) == 1 && !deed_owns(&ys));
	cr_expect(await(&copy, &ys) == -EINVAL && !deed_owns(&ys));
	deed_drop(&xs);
}

/* ---- cancelling ----------------------------------------------------------------------------- */

static int cancel_oneself(void *owner, void *context)
{
	const int before = deed_async_is_cancelled();

	deed_async_cancel((struct deed_async *)context);
	(void)count_up(owner, NULL);
	return before ? -1 : deed_async_is_cancelled() ? 42 : -2;
}

static void cancel_on(struct deed_pool *pool)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_u32 xs = numbers(10);
	int err;

	deed_async_cancel(&async); /* of nothing: the next one is done all the same */
	cr_expect(!deed_async_is_cancelled());
	err = deed_async(pool, &async, cancel_oneself, &xs, &async);
	cr_assert(err == 0);
	err = deed_await(&async, &xs);
	cr_expect(err == 42 && first_of(&xs) == 1 && !deed_async_is_cancelled());
	for (uint32_t i = 0; i < 100; i++) {
		const uint32_t before = first_of(&xs);

		err = deed_async(pool, &async, count_up, &xs, NULL);
		cr_assert(err == 0);
		deed_async_cancel(&async);
		err = deed_await(&async, &xs);
		cr_assert(err == -ECANCELED || err == 10);
		cr_assert(deed_len(xs) == 10 && first_of(&xs) == before + (err == 10));
		cr_assert(err == -ECANCELED || deed_pool_workers(pool) > 1);
	}
	deed_drop(&xs);
}

static void what_is_cancelled_before_it_begins_comes_back_as_it_was(void)
{
	on_every_pool(cancel_on);
}

static int until_cancelled(void *owner, void *context)
{
	__atomic_store_n((int *)context, 1, __ATOMIC_RELEASE);
	while (!deed_async_is_cancelled())
		sched_yield();
	return count_up(owner, NULL);
}

static void what_has_begun_can_hear_that_it_is_cancelled(void)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	struct deed_pool *pool = NULL;
	deed_u32 xs = numbers(10);
	int has_begun = 0, err;

	cr_assert(deed_pool_new(&pool, 2) == 0);
	err = deed_async(pool, &async, until_cancelled, &xs, &has_begun);
	cr_assert(err == 0);
	while (!__atomic_load_n(&has_begun, __ATOMIC_ACQUIRE))
		sched_yield();
	cr_expect(!deed_async_is_done(&async));
	deed_async_cancel(&async);
	while (!deed_async_is_done(&async))
		sched_yield();
	err = deed_await(&async, &xs);
	cr_expect(err == 10 && first_of(&xs) == 1);
	deed_drop(&xs);
	cr_assert(deed_pool_free(&pool) == 0);
}

/* ---- nesting -------------------------------------------------------------------------------- */

struct nest {
	struct deed_pool *pool;
	int depth;
};

/* Hands over one of its own, and awaits it: more of them than there are threads. */
static int hand_over_deeper(void *owner, void *context)
{
	const struct nest *const nest = context;
	struct nest deeper = { nest->pool, nest->depth - 1 };
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_u32 mine = DEED_EMPTY;
	int err = count_up(owner, NULL);

	if (!nest->depth)
		return err;
	cr_assert(deed_new_zeroed(&mine, 1) == 0);
	err = deed_async(nest->pool, &async, hand_over_deeper, &mine, &deeper);
	cr_assert(err == 0);
	err = deed_await(&async, &mine);
	cr_assert(err == 1 && first_of(&mine) == 1);
	deed_drop(&mine);
	return 1;
}

static void deep_on(struct deed_pool *pool)
{
	struct nest nest = { pool, 20 };
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_u32 xs = numbers(1);
	int err = deed_async(pool, &async, hand_over_deeper, &xs, &nest);

	cr_assert(err == 0);
	err = deed_await(&async, &xs);
	cr_assert(err == 1 && first_of(&xs) == 1);
	deed_drop(&xs);
}

static void one_may_await_another(void)
{
	on_every_pool(deep_on);
}

static void part_hands_over(struct deed_part *part, void *context)
{
	struct nest nest = { context, (int)(part->index % 3) };
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_u32 mine = DEED_EMPTY;
	int err;

	cr_assert(deed_new_zeroed(&mine, 1) == 0);
	err = deed_async(nest.pool, &async, hand_over_deeper, &mine, &nest);
	cr_assert(err == 0);
	err = deed_await(&async, &mine);
	cr_assert(err == 1);
	deed_drop(&mine);
}

static int run_parts(struct deed_pool *pool)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, 50, 1);
	return deed_parallel_for(pool, &plan, part_hands_over, pool);
}

static int run_parts_behind(void *owner, void *context)
{
	(void)count_up(owner, NULL);
	return run_parts((struct deed_pool *)context);
}

static void parts_on(struct deed_pool *pool)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_u32 xs = numbers(1);
	int err = deed_async(pool, &async, run_parts_behind, &xs, pool);

	cr_assert(err == 0);
	cr_assert(run_parts(pool) == 0);
	err = deed_await(&async, &xs);
	cr_assert(err == 0);
	deed_drop(&xs);
}

static void parts_and_the_background_share_a_pool(void)
{
	on_every_pool(parts_on);
}

/* ---- the end of a pool, and fork() ---------------------------------------------------------- */

static void a_pool_that_ends_does_first_what_it_was_given(void)
{
	for (unsigned workers = 1; workers < 4; workers++)
		for (int round = 0; round < 20; round++) {
			struct deed_async asyncs[10] = { { 0 } };
			struct deed_pool *pool = NULL;
			deed_u32 xs[10];
			int err;

			cr_assert(deed_pool_new(&pool, workers) == 0);
			for (size_t i = 0; i < 10; i++) {
				xs[i] = numbers(3);
				err = deed_async(pool, &asyncs[i], count_up, &xs[i], NULL);
				cr_assert(err == 0);
			}
			cr_assert(deed_pool_free(&pool) == 0);
			for (size_t i = 0; i < 10; i++) {
				cr_assert(deed_async_is_done(&asyncs[i]));
				err = deed_await(&asyncs[i], &xs[i]);
				cr_assert(err == 3 && first_of(&xs[i]) == 1);
				deed_drop(&xs[i]);
			}
		}
}

/* The exit code of a child that runs the statement and returns what it says. */
#define IN_CHILD(...)                                                                              \
	(__extension__({                                                                           \
		int status = 0;                                                                    \
		const pid_t child = fork();                                                        \
                                                                                                   \
		cr_assert(child >= 0);                                                             \
		if (!child)                                                                        \
			_exit((__VA_ARGS__) ? 0 : 1);                                              \
		cr_assert(waitpid(child, &status, 0) == child);                                    \
		WIFEXITED(status) ? WEXITSTATUS(status) : 255;                                     \
	}))

static bool child_of_the_parents(struct deed_async *queued, struct deed_async *running,
				 struct deed_pool *pool)
{
	deed_u32 xs = DEED_EMPTY, mine = DEED_EMPTY;
	particles ps = rows(5);
	struct deed_async own = DEED_ASYNC_EMPTY;

	if (deed_await(queued, &xs) != 1 || first_of(&xs) != 1)
		return false;
	if (deed_await(running, &mine) != -ESRCH || deed_owns(&mine))
		return false;
	if (deed_async(pool, &own, count_up, &xs, NULL) != -ESRCH || deed_len(xs) != 1)
		return false;
	if (deed_async(pool, &own, push_as_many, &ps, NULL) != -ESRCH || !has_rows(&ps, 5))
		return false;
	deed_soa_drop(&ps);
	if (deed_async(NULL, &own, count_up, &xs, NULL) || deed_await(&own, &xs) != 1)
		return false;
	deed_drop(&xs);
	return deed_pool_free(&pool) == 0;
}

static void a_child_of_fork_does_what_nobody_had_begun(void)
{
	struct deed_async running = DEED_ASYNC_EMPTY, queued = DEED_ASYNC_EMPTY;
	struct deed_pool *pool = NULL;
	deed_u32 xs = numbers(1), ys = numbers(1);
	int has_begun = 0, err;

	cr_assert(deed_pool_new(&pool, 2) == 0);
	err = deed_async(pool, &running, until_cancelled, &xs, &has_begun);
	cr_assert(err == 0);
	while (!__atomic_load_n(&has_begun, __ATOMIC_ACQUIRE))
		sched_yield();
	err = deed_async(pool, &queued, count_up, &ys, NULL);
	cr_assert(err == 0);
	cr_expect(IN_CHILD(child_of_the_parents(&queued, &running, pool)) == 0);
	deed_async_cancel(&running);
	err = deed_await(&running, &xs);
	cr_expect(err == 1);
	err = deed_await(&queued, &ys);
	cr_expect(err == 1 && first_of(&ys) == 1);
	deed_drop(&xs);
	deed_drop(&ys);
	cr_assert(deed_pool_free(&pool) == 0);
}

#define ASYNC_LAWS(LAW)                                                                            \
	LAW(an_owner_goes_and_comes_back)                                                          \
	LAW(without_a_pool_the_one_that_awaits_does_it)                                            \
	LAW(columns_go_and_come_back)                                                              \
	LAW(many_may_be_under_way)                                                                 \
	LAW(what_the_function_leaves_comes_back)                                                   \
	LAW(what_is_wrong_is_an_error)                                                             \
	LAW(what_is_cancelled_before_it_begins_comes_back_as_it_was)                               \
	LAW(one_may_await_another)                                                                 \
	LAW(parts_and_the_background_share_a_pool)                                                 \
	LAW(what_has_begun_can_hear_that_it_is_cancelled)                                          \
	LAW(a_pool_that_ends_does_first_what_it_was_given)                                         \
	LAW(a_child_of_fork_does_what_nobody_had_begun)

#endif
