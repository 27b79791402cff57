/* SPDX-License-Identifier: MIT
 *
 * bench/bench_kernels_claimed.c - the promise: a trap build runs kernels as fast as a release
 * build does, within 2 %, where an operand has 64 KiB.
 *
 * bench: both            the trap one asks, two release ones and itself are its workers
 *
 * What a call costs more is the claim of its operands, some nanoseconds, whatever their size.
 * The operands are adopted, so that they lie at the same addresses in all workers, in one huge
 * page where there are any: how memory falls into the ways of a cache is worth more than what
 * is measured here. They are lent all the while, and used where they were lent. Views that are
 * handed over by value cost a trap build more: they have 24 bytes there, and go through memory.
 * What that comes to is the last row. The release build runs twice in each round: how far it is
 * from itself is what noise is here.
 */
#include "bench.h"

#include <deed.h>
#include <deed/kernels.h>
#include <sys/mman.h>

#define ROUNDS 201
#define PASSES 1000

enum { ELEMENTS = (64 << 10) / sizeof(float), OPERANDS = 3 };

/* A third of a page further each: where stores seem to be to what is loaded next, the processor
 * waits for them. */
enum { PAGES = 2 << 20, ROOM = ELEMENTS + 4096 / 3 / 64 * 16 };
static float (*memory)[ROOM];
static deed_f32 x = DEED_EMPTY, y = DEED_EMPTY, z = DEED_EMPTY;
static volatile float number;

static void stay(void *data, size_t size_bytes, void *context)
{
	(void)data;
	(void)size_bytes;
	(void)context;
}

enum { SCALE_BY, ADD, DOT, SUM, HANDED_OVER, KERNELS };
static const char *const names[KERNELS] = {
	"scale_by", "add", "dot", "sum", "scale_by, its view by value",
};

static __attribute__((noinline)) void hand_over(deed_f32_inout view)
{
	deed_scale_f32_by(view, -1);
}

DEED_INLINE void call(int kernel, deed_f32_borrowed a, deed_f32_inout b, deed_f32_inout c)
{
	switch (kernel) {
	case SCALE_BY:
		deed_scale_f32_by(b, -1);
		break;
	case ADD:
		deed_add_f32(c, a, b);
		break;
	case DOT:
		number = deed_dot_f32(a, b);
		break;
	case SUM:
		number = deed_sum_f32(a);
		break;
	default:
		hand_over(b);
	}
}

/* Nanoseconds of a call. */
static double calls(void *context)
{
	const int kernel = *(const int *)context;
	double start_ns;

	DEED_BORROWED(a, &x);
	DEED_INOUT(b, &y);
	DEED_INOUT(c, &z);
	call(kernel, a, b, c);
	start_ns = bench_now_ns();
	for (int i = 0; i < PASSES; i++) {
		call(kernel, a, b, c);
		keep(memory);
	}
	return (bench_now_ns() - start_ns) / PASSES;
}

static int serve(int kernel)
{
	deed_f32 *const owners[OPERANDS] = { &x, &y, &z };
	int status;

	memory = mmap((void *)((uintptr_t)1 << 44), PAGES, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		bench_die("no memory", errno);
	(void)madvise(memory, PAGES, MADV_HUGEPAGE);
	for (int i = 0; i < OPERANDS; i++) {
		for (int k = 0; k < ELEMENTS; k++)
			memory[i][k] = (float)(k & 63) - 31;
		bench_must(deed_adopt(owners[i], memory[i], ELEMENTS, stay, NULL), "deed_adopt");
	}
	status = bench_serve(calls, &kernel);
	for (int i = 0; i < OPERANDS; i++)
		deed_drop(owners[i]);
	(void)munmap(memory, PAGES);
	return status;
}

static void compare(int kernel, char *self)
{
	static const char *const release = "bench_kernels_claimed_release";
	static struct bench_side sides[3];
	char digit[2] = { (char)('0' + kernel), '\0' }, name[64];
	struct bench_worker workers[3] = {
		{ .program = self, .arguments = { digit } },
		{ .program = bench_peer(release), .arguments = { digit } },
		{ .program = bench_peer(release), .arguments = { digit } },
	};
	struct bench_figure noise;
	struct bench_row row = { .name = name, .unit = "x" };

	for (int i = 0; i < 3; i++)
		sides[i] = (struct bench_side){ .run = bench_ask, .context = &workers[i] };
	bench_progress(names[kernel]);
	bench_take_turns(sides, 3, ROUNDS);
	for (int i = 0; i < 3; i++)
		bench_dismiss(&workers[i]);
	(void)snprintf(name, sizeof name, "%s of 64 KiB: trap / release", names[kernel]);
	row.figure = bench_ratio(&sides[0], &sides[1]);
	row.target = kernel == HANDED_OVER ? 0 : 1.02;
	noise = bench_ratio(&sides[2], &sides[1]);
	bench_beside(&row, "%.0f ns, and %.0f ns; release / itself %.3f (%.3f - %.3f)",
		     bench_time(&sides[0]).median, bench_time(&sides[1]).median, noise.median,
		     noise.lo, noise.hi);
	bench_row(&row);
}

int main(int argc, char **argv)
{
	if (bench_is_worker(argc, argv))
		return serve(atoi(argv[2]));
	for (int kernel = 0; kernel < KERNELS; kernel++)
		compare(kernel, argv[0]);
	return EXIT_SUCCESS;
}
