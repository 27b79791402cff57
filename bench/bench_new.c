/* SPDX-License-Identifier: MIT
 *
 * bench/bench_new.c - the promise: making and dropping a buffer in a trap build, with a stack
 * kept of each, is no slower than malloc() and free() of the same program under ASan.
 *
 * bench: trap            peer: asan
 *
 * Both keep who allocated and who freed, by frame pointers, from ten functions deep; both
 * hold ended memory, or its story, back for a while. They run warm: with both queues full,
 * as in a program that has run for a second.
 */
#include "bench.h"

#include <deed.h>

#define ROUNDS 61
#define PAIRS 5000
#define BYTES 64
#define DEPTH 10
/* ASan quarantines 256 MiB; the ledger 16 MiB, and the story of 65536 buffers. */
#define WARM_PAIRS 4000000

static void deed_pairs(int count)
{
	for (int i = 0; i < count; i++) {
		deed_u8 buffer = DEED_EMPTY;

		bench_must(deed_new(&buffer, BYTES), "deed_new");
		keep(&buffer);
		deed_drop(&buffer);
	}
}

static void raw_pairs(int count)
{
	for (int i = 0; i < count; i++) {
		void *const buffer = malloc(BYTES);

		keep(buffer);
		free(buffer);
	}
}

/* The stack that is to be walked. */
__attribute__((noinline)) static void call_deep(void (*pairs)(int), int count, int depth)
{
	if (depth)
		call_deep(pairs, count, depth - 1);
	else
		pairs(count);
	__asm__ volatile(""); /* no tail call, which would leave no frame */
}

static double time_pairs(void *context)
{
	void (*const *const pairs)(int) = context;
	const double start_ns = bench_now_ns();

	call_deep(*pairs, PAIRS, DEPTH);
	return (bench_now_ns() - start_ns) / PAIRS;
}

int main(int argc, char **argv)
{
	static void (*deed)(int) = deed_pairs;
	static void (*raw)(int) = raw_pairs;
	static struct bench_worker asan;
	static struct bench_side sides[] = {
		{ .run = time_pairs, .context = (void *)&deed },
		{ .run = bench_ask, .context = &asan },
		{ .run = time_pairs, .context = (void *)&raw },
	};
	struct bench_row row = {
		.name = "new + drop / malloc + free under ASan",
		.unit = "x",
		.target = 1,
		.bound = "the number of its instructions; two stack walks are a sixth of it"
	};

	if (bench_is_worker(argc, argv)) {
		call_deep(raw_pairs, WARM_PAIRS, DEPTH);
		return bench_serve(time_pairs, (void *)&raw);
	}
	bench_progress("new and drop");
	asan.program = bench_peer("bench_new_asan");
	call_deep(deed_pairs, WARM_PAIRS / 10, DEPTH);
	bench_take_turns(sides, 3, ROUNDS);
	row.figure = bench_ratio(&sides[0], &sides[1]);
	bench_beside(&row, "new + drop %.0f ns, under ASan %.0f ns, plain malloc + free %.0f ns",
		     bench_time(&sides[0]).median, bench_time(&sides[1]).median,
		     bench_time(&sides[2]).median);
	bench_row(&row);
	bench_dismiss(&asan);
	return EXIT_SUCCESS;
}
