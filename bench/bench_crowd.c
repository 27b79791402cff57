/* SPDX-License-Identifier: MIT
 *
 * bench/bench_crowd.c - the promise: a loan costs the same however many buffers live.
 *
 * bench: trap
 *
 * The pair on a hot buffer is timed in processes that hold 0, 10, 1000 and a million other
 * buffers, in turns. Then the pair on a random one of the million: what it costs more is
 * cache misses (the handle, the cell's row), so it is told in units of one, a load from a
 * random place. The loads are as far apart as the rows are, and as many; and each place
 * is known only when the load, or the loan, before it is done, so that nothing overlaps.
 */
#include "bench.h"

#include <deed.h>
#include <sys/mman.h>

#define ROUNDS 61
#define HOT_PAIRS 50000
#define RANDOM_PAIRS 20000
#define MILLION 1000000
#define STRIDE 192 /* bytes, of a cell's row */

static deed_f32 hot = DEED_EMPTY;
static deed_f32 *crowd;
static uint32_t *order; /* of the million: a random permutation */
static unsigned char *memory;
static size_t order_at;

static double hot_pairs(void *context)
{
	const double start_ns = bench_now_ns();

	(void)context;
	for (int i = 0; i < HOT_PAIRS; i++) {
		const deed_f32_inout view = deed_inout(&hot);

		keep(view.tag);
		deed_end(&hot, &view);
	}
	return (bench_now_ns() - start_ns) / HOT_PAIRS;
}

/* The next place in the order; `link` is 0, but only what came before can tell. */
static uint32_t next_place(size_t link)
{
	if (order_at >= MILLION)
		order_at = 0;
	return order[order_at++ + link];
}

static double random_pairs(void *context)
{
	const double start_ns = bench_now_ns();
	size_t link = 0;

	(void)context;
	for (int i = 0; i < RANDOM_PAIRS; i++) {
		deed_f32 *const owner = &crowd[next_place(link)];
		const deed_f32_inout view = deed_inout(owner);

		keep(view.tag);
		link = (uintptr_t)view.tag >> 60; /* 0, once the ledger has said where it is */
		deed_end(owner, &view);
	}
	return (bench_now_ns() - start_ns) / RANDOM_PAIRS;
}

static double random_loads(void *context)
{
	const double start_ns = bench_now_ns();
	size_t link = 0;

	(void)context;
	for (int i = 0; i < RANDOM_PAIRS; i++)
		link = *(volatile unsigned char *)&memory[(size_t)next_place(link) * STRIDE];
	keep_number(link);
	return (bench_now_ns() - start_ns) / RANDOM_PAIRS;
}

static void make_crowd(size_t count)
{
	crowd = calloc(count + 1, sizeof *crowd);
	if (!crowd)
		bench_die("no memory", 0);
	for (size_t i = 0; i < count; i++) {
		bench_must(deed_new(&crowd[i], 16), "deed_new");
		if (i == count / 2)
			bench_must(deed_new(&hot, 16), "deed_new");
	}
	if (!deed_owns(&hot))
		bench_must(deed_new(&hot, 16), "deed_new");
}

static void drop_crowd(size_t count)
{
	for (size_t i = 0; i < count; i++)
		deed_drop(&crowd[i]);
	deed_drop(&hot);
	free(crowd);
}

static void shuffle(void)
{
	uint64_t state = 88172645463325252u;

	order = malloc((MILLION + 1) * sizeof *order);
	memory = mmap(NULL, (size_t)MILLION * STRIDE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (!order || memory == MAP_FAILED)
		bench_die("no memory", 0);
	/* Pages that hold nothing are one page: each must have been written. */
	for (size_t i = 0; i < MILLION; i++)
		memory[i * STRIDE] = 0;
	for (uint32_t i = 0; i <= MILLION; i++)
		order[i] = i % MILLION;
	for (uint32_t i = MILLION - 1; i > 0; i--) {
		const uint32_t was = order[i];
		uint32_t j;

		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		j = (uint32_t)(state % (i + 1));
		order[i] = order[j];
		order[j] = was;
	}
}

static void print_flat(const char *name, const struct bench_side *side,
		       const struct bench_side *alone)
{
	struct bench_row row = {
		.name = name,
		.figure = bench_ratio(side, alone),
		.unit = "x",
		.target = 1.5,
		.bound = "rows and handles that other buffers push out of the caches"
	};

	bench_beside(&row, "%.2f ns, and alone %.2f ns", bench_time(side).median,
		     bench_time(alone).median);
	bench_row(&row);
}

static void print_random(const struct bench_side *side, const struct bench_side *load,
			 const struct bench_side *hot_side)
{
	struct bench_row row = { .name = "loan pair: random of 10^6 / a random load",
				 .figure = bench_ratio(side, load),
				 .unit = "x",
				 .target = 3,
				 .bound =
					 "misses on the handle, on the cell's row and in the TLB" };

	bench_beside(&row, "the pair %.1f ns, the load %.1f ns, the pair on a hot buffer %.1f ns",
		     bench_time(side).median, bench_time(load).median, bench_time(hot_side).median);
	bench_row(&row);
}

int main(int argc, char **argv)
{
	static struct bench_worker alone = { .arguments = { "0" } },
				   ten = { .arguments = { "10" } },
				   thousand = { .arguments = { "1000" } };
	static struct bench_side sides[] = {
		{ .run = bench_ask, .context = &alone },
		{ .run = bench_ask, .context = &ten },
		{ .run = bench_ask, .context = &thousand },
		{ .run = hot_pairs },
		{ .run = random_pairs },
		{ .run = random_loads },
	};

	if (bench_is_worker(argc, argv)) {
		const size_t count = strtoul(argv[2], NULL, 10);
		int status;

		make_crowd(count);
		status = bench_serve(hot_pairs, NULL);
		drop_crowd(count);
		return status;
	}
	alone.program = ten.program = thousand.program = argv[0];
	bench_progress("a million buffers");
	make_crowd(MILLION);
	shuffle();
	bench_take_turns(sides, 6, ROUNDS);
	print_flat("loan pair: 10 others / alone", &sides[1], &sides[0]);
	print_flat("loan pair: 10^3 others / alone", &sides[2], &sides[0]);
	print_flat("loan pair: 10^6 others / alone", &sides[3], &sides[0]);
	print_random(&sides[4], &sides[5], &sides[3]);
	bench_dismiss(&alone);
	bench_dismiss(&ten);
	bench_dismiss(&thousand);
	drop_crowd(MILLION);
	return EXIT_SUCCESS;
}
