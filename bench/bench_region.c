/* SPDX-License-Identifier: MIT
 *
 * bench/bench_region.c - the promise: lending a part of a buffer of which 16 other parts are
 * lent takes 50 ns.
 *
 * bench: trap
 *
 * A region loan is compared with its siblings under a lock, so it costs more than a loan of
 * the whole, and more with every sibling; the pair with none says how much. DEED_LEND asks
 * by address alone: it looks the bytes up, and where no buffer holds them it makes a row.
 */
#include "bench.h"

#include <deed.h>

#define ROUNDS 101
#define PAIRS 20000
#define SIBLINGS 16
#define PART 64

static deed_f32 owner = DEED_EMPTY, single = DEED_EMPTY;

static double since(double start_ns)
{
	return (bench_now_ns() - start_ns) / PAIRS;
}

/* The part between the siblings, whose places are the even ones. */
static double part_pairs(deed_f32 *of, size_t place)
{
	const double start_ns = bench_now_ns();

	for (int i = 0; i < PAIRS; i++) {
		const deed_f32_inout view = deed_inout_part(of, place * PART, (place + 1) * PART);

		keep(view.tag);
		deed_end(of, &view);
	}
	return since(start_ns);
}

static double parts_among_16(void *context)
{
	(void)context;
	return part_pairs(&owner, SIBLINGS + 1);
}

static double parts_alone(void *context)
{
	(void)context;
	return part_pairs(&single, 1);
}

static double children(void *context)
{
	const deed_f32_inout parent = deed_inout(&single);
	const double start_ns = bench_now_ns();
	double took;

	(void)context;
	for (int i = 0; i < PAIRS; i++) {
		const deed_f32_inout view = deed_reborrow(&parent, 0, PART);

		keep(view.tag);
		deed_end(&parent, &view);
	}
	took = since(start_ns);
	deed_end(&single, &parent);
	return took;
}

static double lends_of_stack(void *context)
{
	float array[PART] = { 0 };
	const double start_ns = bench_now_ns();

	(void)context;
	for (int i = 0; i < PAIRS; i++) {
		DEED_LEND(view, array, PART);
		keep(view.tag);
	}
	return since(start_ns);
}

static void print(const char *name, const struct bench_side *side, double target)
{
	struct bench_row row = { .name = name,
				 .figure = bench_time(side),
				 .unit = "ns",
				 .target = target,
				 .bound = "a lock at either end, and the walk over 16 rows" };

	bench_beside(&row, "best %.1f ns", row.figure.best);
	bench_row(&row);
}

int main(void)
{
	static struct bench_side sides[] = {
		{ .run = parts_among_16 },
		{ .run = parts_alone },
		{ .run = children },
		{ .run = lends_of_stack },
	};
	deed_f32_inout siblings[SIBLINGS];

	bench_progress("region loans");
	bench_must(deed_new_zeroed(&owner, (2 * SIBLINGS + 1) * PART), "deed_new");
	bench_must(deed_new_zeroed(&single, 4 * PART), "deed_new");
	for (size_t i = 0; i < SIBLINGS; i++)
		siblings[i] = deed_inout_part(&owner, 2 * i * PART, (2 * i + 1) * PART);
	bench_take_turns(sides, 4, ROUNDS);
	print("region pair: 16 other live loans", &sides[0], 50);
	print("region pair: no other loan", &sides[1], 0);
	print("child pair: deed_reborrow", &sides[2], 0);
	print("DEED_LEND of a stack array", &sides[3], 0);
	for (size_t i = 0; i < SIBLINGS; i++)
		deed_end(&owner, &siblings[i]);
	deed_drop(&owner);
	deed_drop(&single);
	return EXIT_SUCCESS;
}
