/* SPDX-License-Identifier: MIT
 *
 * bench/bench_loan.c - the promise: lending a whole buffer and ending the loan takes 10 ns.
 *
 * bench: trap
 *
 * The buffer is hot, and the only record of the place is the call-site label. Guards are
 * the same two steps, with the end at the closing brace. Beside them, what any record
 * that other threads may read at once costs here: a compare-and-swap nobody contends for,
 * and a pair of calls on a mutex that nobody else wants.
 */
#include "bench.h"

#include <deed.h>
#include <pthread.h>

#define ROUNDS 101
#define PAIRS 100000

static deed_f32 owner = DEED_EMPTY;

static double since(double start_ns)
{
	return (bench_now_ns() - start_ns) / PAIRS;
}

static double borrow_pairs(void *context)
{
	const double start_ns = bench_now_ns();

	(void)context;
	for (int i = 0; i < PAIRS; i++) {
		const deed_f32_borrowed view = deed_borrow(&owner);

		keep(&view);
		deed_end(&owner, &view);
	}
	return since(start_ns);
}

static double inout_pairs(void *context)
{
	const double start_ns = bench_now_ns();

	(void)context;
	for (int i = 0; i < PAIRS; i++) {
		const deed_f32_inout view = deed_inout(&owner);

		keep(&view);
		deed_end(&owner, &view);
	}
	return since(start_ns);
}

static double borrowed_guards(void *context)
{
	const double start_ns = bench_now_ns();

	(void)context;
	for (int i = 0; i < PAIRS; i++) {
		DEED_BORROWED(view, &owner);
		keep(&view);
	}
	return since(start_ns);
}

static double inout_guards(void *context)
{
	const double start_ns = bench_now_ns();

	(void)context;
	for (int i = 0; i < PAIRS; i++) {
		DEED_INOUT(view, &owner);
		keep(&view);
	}
	return since(start_ns);
}

static double swaps(void *context)
{
	static uint64_t word;
	const double start_ns = bench_now_ns();

	(void)context;
	for (int i = 0; i < PAIRS; i++) {
		uint64_t seen = __atomic_load_n(&word, __ATOMIC_ACQUIRE);

		keep_number((uint64_t)__atomic_compare_exchange_n(
			&word, &seen, seen + 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
	}
	return since(start_ns);
}

static double mutex_pairs(void *context)
{
	static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	const double start_ns = bench_now_ns();

	(void)context;
	for (int i = 0; i < PAIRS; i++) {
		(void)pthread_mutex_lock(&mutex);
		keep(&mutex);
		(void)pthread_mutex_unlock(&mutex);
	}
	return since(start_ns);
}

static void print(const char *name, const struct bench_side *side, const struct bench_side *swap,
		  const struct bench_side *mutex, double target)
{
	const double swap_ns = bench_time(swap).median;
	struct bench_row row = { .name = name,
				 .figure = bench_time(side),
				 .unit = "ns",
				 .target = target,
				 .bound = "its locked instructions, which wait for its stores" };

	bench_beside(&row,
		     "goal 8 ns; = %.1f compare-and-swaps of %.2f ns, %.2f mutex pairs of %.2f ns",
		     row.figure.median / swap_ns, swap_ns, bench_ratio(side, mutex).median,
		     bench_time(mutex).median);
	bench_row(&row);
}

int main(void)
{
	static struct bench_side sides[] = {
		{ .run = borrow_pairs }, { .run = inout_pairs }, { .run = borrowed_guards },
		{ .run = inout_guards }, { .run = swaps },	 { .run = mutex_pairs },
	};

	bench_progress("loan pairs");
	bench_must(deed_new_zeroed(&owner, 1024), "deed_new");
	bench_take_turns(sides, 6, ROUNDS);
	print("loan pair: borrow, hot buffer", &sides[0], &sides[4], &sides[5], 10);
	print("loan pair: inout, hot buffer", &sides[1], &sides[4], &sides[5], 10);
	print("guard: DEED_BORROWED, hot buffer", &sides[2], &sides[4], &sides[5], 0);
	print("guard: DEED_INOUT, hot buffer", &sides[3], &sides[4], &sides[5], 0);
	deed_drop(&owner);
	return EXIT_SUCCESS;
}
