/* SPDX-License-Identifier: MIT
 *
 * bench/bench_parts.c - the promise: a trap build runs 64 parts of 64 KiB as fast as a release
 * build does, within 5 %: sharing out, taking parts, and ending them.
 *
 * bench: both            the trap one asks, two release ones and itself are its workers
 *
 * The clock is the one on the wall, for several workers do it. The release build runs twice in each
 * round: how far it is from itself is what noise is here.
 */
#include "bench.h"

#include <deed.h>
#include <deed/kernels.h>
#include <deed/pool.h>
#include <deed/share.h>

#define ROUNDS 401
#define PASSES 40

enum { PARTS = 64, ELEMENTS = (64 << 10) / sizeof(float) };

static deed_f32 x = DEED_EMPTY;
static struct deed_pool *pool;

static void scale_part(struct deed_part *part, void *context)
{
	const deed_f32_inout *const view = context;

	deed_scale_f32_by(deed_part_inout(part, view), -1);
}

static void region(deed_f32_inout *view)
{
	struct deed_plan plan;

	deed_plan_chunks(&plan, deed_len(*view), ELEMENTS);
	deed_share_inout(&plan, view, DEED_BY_INDEX);
	bench_must(deed_parallel_for(pool, &plan, scale_part, view), "deed_parallel_for");
}

/* Nanoseconds of a region. */
static double regions(void *context)
{
	deed_f32_inout view = deed_inout(&x);
	double took;

	(void)context;
	for (int i = 0; i < PASSES / 4; i++)
		region(&view);
	took = bench_wall_ns();
	for (int i = 0; i < PASSES; i++)
		region(&view);
	took = bench_wall_ns() - took;
	deed_end(&x, &view);
	return took / PASSES;
}

static int serve(unsigned workers)
{
	int status;

	bench_must(deed_new_aligned(&x, (size_t)PARTS * ELEMENTS, 4096), "deed_new_aligned");
	{
		DEED_INOUT(v, &x);

		deed_fill(v, 1);
	}
	bench_must(deed_pool_new(&pool, workers), "deed_pool_new");
	status = bench_serve(regions, NULL);
	(void)deed_pool_free(&pool);
	deed_drop(&x);
	return status;
}

/* A pool of one worker has no threads: the caller does it all, and can be held on one CPU. */
static void compare(char *self, const char *workers, const char *name)
{
	static const char *const release = "bench_parts_release";
	static struct bench_side sides[3];
	const bool is_wide = strcmp(workers, "1") != 0;
	char number[12];
	struct bench_worker asked[3] = {
		{ .program = self, .arguments = { number }, .is_wide = is_wide },
		{ .program = bench_peer(release), .arguments = { number }, .is_wide = is_wide },
		{ .program = bench_peer(release), .arguments = { number }, .is_wide = is_wide },
	};
	struct bench_row row = { .name = name, .unit = "x", .target = 1.05 };

	(void)snprintf(number, sizeof number, "%s", workers);
	for (int i = 0; i < 3; i++)
		sides[i] = (struct bench_side){ .run = bench_ask, .context = &asked[i] };
	bench_progress(name);
	bench_take_turns(sides, 3, ROUNDS);
	for (int i = 0; i < 3; i++)
		bench_dismiss(&asked[i]);
	row.figure = bench_ratio(&sides[0], &sides[1]);
	bench_beside(&row, "%.1f and %.1f us; release / release %.3f",
		     bench_time(&sides[0]).median * 1e-3, bench_time(&sides[1]).median * 1e-3,
		     bench_ratio(&sides[2], &sides[1]).median);
	bench_row(&row);
}

int main(int argc, char **argv)
{
	if (bench_is_worker(argc, argv))
		return serve((unsigned)atoi(argv[2]));
	/* In this order: what is held on one CPU stays there. */
	compare(argv[0], "0", "64 parts of 64 KiB, all CPUs: trap / release");
	compare(argv[0], "1", "64 parts of 64 KiB, alone: trap / release");
	return EXIT_SUCCESS;
}
