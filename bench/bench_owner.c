/* SPDX-License-Identifier: MIT
 *
 * bench/bench_owner.c - the promise: making and dropping an owner in a release build costs
 * what malloc() and free() cost, whichever allocator the program has.
 *
 * bench: release
 *
 * Pairs of 64 bytes; and a thousand buffers of many sizes, of which the oldest is replaced,
 * beside pointers with lengths.
 */
#include "bench.h"

#include <deed.h>

#define ROUNDS 201
#define PAIRS 50000
#define LIVE 1000

static deed_u8 buffers[LIVE];
/* As a raw program has it: nobody asks malloc() how long a block is. */
static struct {
	void *data;
	size_t len;
} blocks[LIVE];

static double deed_pairs(void *context)
{
	const double start_ns = bench_now_ns();

	(void)context;
	for (int i = 0; i < PAIRS; i++) {
		deed_u8 buffer = DEED_EMPTY;

		bench_must(deed_new(&buffer, 64), "deed_new");
		keep(buffer.h.own);
		deed_drop(&buffer);
	}
	return (bench_now_ns() - start_ns) / PAIRS;
}

static double raw_pairs(void *context)
{
	const double start_ns = bench_now_ns();

	(void)context;
	for (int i = 0; i < PAIRS; i++) {
		void *const block = malloc(64);

		if (!block)
			bench_die("malloc", 0);
		keep(block);
		free(block);
	}
	return (bench_now_ns() - start_ns) / PAIRS;
}

static size_t size_of(int i)
{
	return 16 + (size_t)(i * 37) % 1024;
}

static double deed_replaced(void *context)
{
	const double start_ns = bench_now_ns();

	(void)context;
	for (int i = 0; i < PAIRS; i++) {
		deed_u8 *const oldest = &buffers[i % LIVE];

		deed_settle(oldest);
		bench_must(deed_new(oldest, size_of(i)), "deed_new");
		keep(oldest->h.own);
	}
	return (bench_now_ns() - start_ns) / PAIRS;
}

static double raw_replaced(void *context)
{
	const double start_ns = bench_now_ns();

	(void)context;
	for (int i = 0; i < PAIRS; i++) {
		const size_t len = size_of(i);

		free(blocks[i % LIVE].data);
		blocks[i % LIVE].data = malloc(len);
		if (!blocks[i % LIVE].data)
			bench_die("malloc", 0);
		blocks[i % LIVE].len = len;
		keep(blocks[i % LIVE].data);
	}
	return (bench_now_ns() - start_ns) / PAIRS;
}

static void compare(const char *name, double (*deed)(void *), double (*raw)(void *))
{
	static struct bench_side sides[2];
	struct bench_row row = {
		.name = name,
		.unit = "x",
		.target = 1.05,
		.within_noise = true,
		.bound = "a look at where the memory came from, and emptying the owner"
	};

	bench_progress(name);
	sides[0].run = deed;
	sides[1].run = raw;
	bench_take_turns(sides, 2, ROUNDS);
	row.figure = bench_ratio(&sides[0], &sides[1]);
	bench_beside(&row, "%.2f ns, malloc + free %.2f ns; the allocator is %s",
		     bench_time(&sides[0]).median, bench_time(&sides[1]).median,
		     deed_stats().allocator);
	bench_row(&row);
}

int main(void)
{
	compare("owner: new + drop / malloc + free", deed_pairs, raw_pairs);
	compare("owner: replaced among 1000 / the same raw", deed_replaced, raw_replaced);
	for (int i = 0; i < LIVE; i++) {
		deed_settle(&buffers[i]);
		free(blocks[i].data);
	}
	return EXIT_SUCCESS;
}
