/* SPDX-License-Identifier: MIT
 *
 * tests/test_pool.c - the pool in trap builds, and what only they have: schedule=SEED.
 */
#include "trapped.h"

#include "trap/options.h"
#include "trap/schedule.h"

#define POOL_IS_SANITIZED TRAPPED_SANITIZED
#define POOL_TEST(name) Test(pool, name)

TestSuite(pool, .init = trapped_begin, .fini = trapped_end, .timeout = 120);

#include "pool_body.h"

/* ---- schedule=SEED -------------------------------------------------------------------------- */

struct order {
	size_t parts[300];
	unsigned workers[300];
	size_t count;
	pthread_t thread;
	bool is_elsewhere;
};

static void note_part(struct deed_part *part, void *context)
{
	struct order *const order = context;

	order->is_elsewhere |= !pthread_equal(order->thread, pthread_self());
	order->parts[order->count] = part->index;
	order->workers[order->count++] = part->worker;
}

static struct order order_of(struct deed_pool *pool, uint32_t seed, size_t parts)
{
	struct order order = { .thread = pthread_self() };
	struct deed_plan plan;

	deed_plan_chunks(&plan, parts, 1);
	deed_options.schedule = seed;
	cr_assert_eq(deed_parallel_for(pool, &plan, note_part, &order), 0);
	deed_options.schedule = 0;
	cr_assert_eq(order.count, parts);
	cr_assert(!order.is_elsewhere);
	return order;
}

Test(pool, a_schedule_is_an_order_of_all_parts_on_the_calling_thread)
{
	struct deed_pool *const pool = pool_of(8);

	for (uint32_t seed = 1; seed < 60; seed++)
		for (size_t parts = 0; parts < 300; parts += 1 + parts / 7) {
			const struct order order = order_of(pool, seed, parts);
			bool seen[300] = { false };

			for (size_t i = 0; i < parts; i++) {
				cr_assert(order.parts[i] < parts && !seen[order.parts[i]]);
				cr_assert(order.workers[i] < 8);
				seen[order.parts[i]] = true;
			}
		}
	end_pool(pool);
}

Test(pool, a_seed_tells_the_schedule)
{
	struct deed_pool *const pool = pool_of(8);
	unsigned first[8] = { 0 }, worker[8] = { 0 };

	for (uint32_t seed = 1; seed <= 400; seed++) {
		const struct order one = order_of(pool, seed, 8), same = order_of(pool, seed, 8);

		cr_assert(!memcmp(one.parts, same.parts, 8 * sizeof *one.parts));
		cr_assert(!memcmp(one.workers, same.workers, 8 * sizeof *one.workers));
		first[one.parts[0]]++;
		worker[one.workers[3]]++;
	}
	/* 50 of each on average; below 15 or above 100 once in a million. */
	for (size_t i = 0; i < 8; i++) {
		cr_expect(first[i] > 15 && first[i] < 100, "part %zu is first %u times", i,
			  first[i]);
		cr_expect(worker[i] > 15 && worker[i] < 100, "worker %zu %u times", i, worker[i]);
	}
	end_pool(pool);
}

Test(pool, every_order_of_few_parts_comes)
{
	bool seen[24] = { false };
	size_t count = 0;

	for (uint32_t seed = 1; seed <= 1000; seed++) {
		const struct order order = order_of(NULL, seed, 4);
		size_t number = 0;

		for (size_t i = 0; i < 4; i++) {
			size_t below = 0;

			for (size_t j = i + 1; j < 4; j++)
				below += order.parts[j] < order.parts[i];
			number = number * (4 - i) + below;
		}
		count += !seen[number];
		seen[number] = true;
	}
	cr_expect_eq(count, 24);
}

Test(pool, a_schedule_of_the_most_parts_has_each_once)
{
	const struct deed_schedule schedule = deed_schedule(7, DEED_PARTS_MAX);
	const struct deed_schedule many = deed_schedule(7, 1000003);
	bool *const seen = calloc(1000003, sizeof *seen);

	for (size_t i = 0; i < 1000; i++)
		cr_assert_lt(deed_schedule_part(&schedule, DEED_PARTS_MAX - 1 - i), DEED_PARTS_MAX);
	for (size_t i = 0; i < 1000003; i++) {
		const size_t part = deed_schedule_part(&many, i);

		cr_assert(part < 1000003 && !seen[part]);
		seen[part] = true;
	}
	free(seen);
}

Test(pool, a_scheduled_sweep_is_cancelled_at_once)
{
	struct cancelling c = { .from = 0 };
	struct deed_pool *const pool = pool_of(4);
	struct deed_plan plan;

	deed_plan_chunks(&plan, 1000, 1);
	deed_options.schedule = 3;
	cr_expect_leq(deed_parallel_for(pool, &plan, cancel_from, &c), 0);
	deed_options.schedule = 0;
	cr_expect_eq(c.done, 1);
	end_pool(pool);
}
