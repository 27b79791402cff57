/* SPDX-License-Identifier: MIT
 *
 * bench/bench_at.c - the promise: deed_at(), which checks bounds and liveness at every
 * element, costs no more than AddressSanitizer, and at most thrice what a raw loop does
 * that does not vectorise.
 *
 * bench: trap            peer: asan
 *
 * Three loops, each written twice, with the same elements in the first cache:
 *
 *     histogram     a load, and a load and a store at a place that it tells
 *     hash          each step needs the one before
 *     sum           vectorises, where the compiler is told to (-O3)
 */
#include "bench.h"

#include <deed.h>

#define ROUNDS 61
#define COUNT 4096
#define PASSES 50

static deed_u32 items = DEED_EMPTY, bins = DEED_EMPTY;
static uint32_t raw_items[COUNT], raw_bins[256];

/* ---- written with deed_at ------------------------------------------------------------------- */

static void at_histogram(deed_u32_borrowed of, deed_u32_inout to)
{
	for (size_t i = 0; i < deed_len(of); i++)
		deed_at(to, deed_at(of, i) & 255)++;
}

static uint32_t at_hash(deed_u32_borrowed of)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < deed_len(of); i++)
		hash = (hash ^ deed_at(of, i)) * 16777619;
	return hash;
}

/* clang goes by the file's -O, and vectorises at -O2. */
#ifndef __clang__
#pragma GCC push_options
#pragma GCC optimize("O3")
#endif
static uint32_t at_sum(deed_u32_borrowed of)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < deed_len(of); i++)
		sum += deed_at(of, i);
	return sum;
}

static uint32_t raw_sum(const uint32_t *of, size_t count)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += of[i];
	return sum;
}
#ifndef __clang__
#pragma GCC pop_options
#endif

/* ---- written raw ---------------------------------------------------------------------------- */

static void raw_histogram(const uint32_t *of, size_t count, uint32_t *to)
{
	for (size_t i = 0; i < count; i++)
		to[of[i] & 255]++;
}

static uint32_t raw_hash(const uint32_t *of, size_t count)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < count; i++)
		hash = (hash ^ of[i]) * 16777619;
	return hash;
}

/* ---- sides ---------------------------------------------------------------------------------- */

enum { HISTOGRAM, HASH, SUM, LOOPS };

static double time_at(void *context)
{
	const int loop = *(const int *)context;
	double start_ns;

	DEED_BORROWED(of, &items);
	DEED_INOUT(to, &bins);
	start_ns = bench_now_ns();
	for (int pass = 0; pass < PASSES; pass++) {
		deed_u32_borrowed view = of;

		keep(&view);
		if (loop == HISTOGRAM)
			at_histogram(view, to);
		else
			keep_number(loop == HASH ? at_hash(view) : at_sum(view));
	}
	return (bench_now_ns() - start_ns) / (COUNT * (double)PASSES);
}

static double time_raw(void *context)
{
	const int loop = *(const int *)context;
	const double start_ns = bench_now_ns();

	for (int pass = 0; pass < PASSES; pass++) {
		size_t count = COUNT;

		keep(&count);
		keep(raw_items);
		if (loop == HISTOGRAM)
			raw_histogram(raw_items, count, raw_bins);
		else
			keep_number(loop == HASH ? raw_hash(raw_items, count)
						 : raw_sum(raw_items, count));
	}
	return (bench_now_ns() - start_ns) / (COUNT * (double)PASSES);
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void print(const char *loop, const char *peer_name, const struct bench_side *side,
		  const struct bench_side *peer, double target)
{
	char name[64];
	struct bench_row row = { .figure = bench_ratio(side, peer),
				 .unit = "x",
				 .target = target,
				 .bound = "two compares and two loads at each element" };

	(void)snprintf(name, sizeof name, "deed_at: %s / %s", loop, peer_name);
	row.name = name;
	bench_beside(&row, "%.2f ns an element, and %.2f ns", bench_time(side).median,
		     bench_time(peer).median);
	bench_row(&row);
}

int main(int argc, char **argv)
{
	static const char *const names[LOOPS] = { "histogram", "hash", "sum" };
	static int loops[LOOPS] = { HISTOGRAM, HASH, SUM };
	static struct bench_side sides[3];
	static struct bench_worker asan[LOOPS];

	for (uint32_t i = 0; i < COUNT; i++)
		raw_items[i] = i * 2654435761u >> 7;
	if (bench_is_worker(argc, argv)) {
		int loop = atoi(argv[2]);

		return bench_serve(time_raw, &loop);
	}
	bench_must(deed_from(&items, raw_items, COUNT), "deed_from");
	bench_must(deed_new_zeroed(&bins, 256), "deed_new");
	for (int i = 0; i < LOOPS; i++) {
		char number[] = { (char)('0' + i), 0 };

		bench_progress("deed_at");
		asan[i] = (struct bench_worker){ .program = bench_peer("bench_at_asan"),
						 .arguments = { number } };
		sides[0] = (struct bench_side){ .run = time_at, .context = &loops[i] };
		sides[1] = (struct bench_side){ .run = time_raw, .context = &loops[i] };
		sides[2] = (struct bench_side){ .run = bench_ask, .context = &asan[i] };
		bench_take_turns(sides, 3, ROUNDS);
		print(names[i], "raw under ASan", &sides[0], &sides[2], 1);
		print(names[i], i == SUM ? "raw, vectorised" : "raw", &sides[0], &sides[1],
		      i == SUM ? 0 : 3);
		bench_dismiss(&asan[i]);
	}
	deed_drop(&items);
	deed_drop(&bins);
	return EXIT_SUCCESS;
}
