/* SPDX-License-Identifier: MIT
 *
 * bench/bench_loan.c - the promise: lending a whole buffer and ending the loan takes 10 ns.
 *
 * bench: trap
 *
 * The buffer is hot, and the only record of the place is the call-site label. Whoever has
 * the loan uses its address, and nothing is asked of the ledger meanwhile. Guards are
 * the same two steps, with the end at the closing brace. Beside them:
 *
 *     a hundred additions        four at a time, what the core does at best: the pair is
 *                                bounded by the number of its instructions, and a core
 *                                shared with another thread does half as many
 *     a compare-and-swap         nobody contends for it; a pair has three of its kind
 *     a mutex pair               lock and unlock, nobody else wants it
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

		keep(view.tag);
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

		keep(view.tag);
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
		keep(view.tag);
	}
	return since(start_ns);
}

static double inout_guards(void *context)
{
	const double start_ns = bench_now_ns();

	(void)context;
	for (int i = 0; i < PAIRS; i++) {
		DEED_INOUT(view, &owner);
		keep(view.tag);
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

#define FIVE_TIMES(step) step step step step step
#define FOUR_ADDITIONS                                                                             \
	__asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d));                                 \
	a++, b++, c++, d++;

static double hundred_additions(void *context)
{
	const double start_ns = bench_now_ns();
	uint64_t a = 0, b = 0, c = 0, d = 0;

	(void)context;
	for (int i = 0; i < PAIRS; i++) {
		FIVE_TIMES(FIVE_TIMES(FOUR_ADDITIONS))
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

enum { BORROW, INOUT, BORROW_GUARD, INOUT_GUARD, ADDITIONS, SWAP, MUTEX, SIDES };

static struct bench_side sides[SIDES] = {
	[BORROW] = { .run = borrow_pairs },
	[INOUT] = { .run = inout_pairs },
	[BORROW_GUARD] = { .run = borrowed_guards },
	[INOUT_GUARD] = { .run = inout_guards },
	[ADDITIONS] = { .run = hundred_additions },
	[SWAP] = { .run = swaps },
	[MUTEX] = { .run = mutex_pairs },
};

static void print(const char *name, int side, double target)
{
	struct bench_row row = { .name = name,
				 .figure = bench_time(&sides[side]),
				 .unit = "ns",
				 .target = target,
				 .bound = "the number of its instructions, three of them locked" };

	bench_beside(&row,
		     "best %.1f; 100 additions %.1f, a compare-and-swap %.1f, a mutex pair %.1f%s",
		     row.figure.best, bench_time(&sides[ADDITIONS]).median,
		     bench_time(&sides[SWAP]).median, bench_time(&sides[MUTEX]).median,
		     target > 0 ? "; the goal is 8" : "");
	bench_row(&row);
}

int main(void)
{
	bench_progress("loan pairs");
	bench_must(deed_new_zeroed(&owner, 1024), "deed_new");
	bench_take_turns(sides, SIDES, ROUNDS);
	print("loan pair: borrow, hot buffer", BORROW, 10);
	print("loan pair: inout, hot buffer", INOUT, 10);
	print("guard: DEED_BORROWED, hot buffer", BORROW_GUARD, 0);
	print("guard: DEED_INOUT, hot buffer", INOUT_GUARD, 0);
	deed_drop(&owner);
	return EXIT_SUCCESS;
}
