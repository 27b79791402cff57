/* SPDX-License-Identifier: MIT
 *
 * bench/bench_streams.c - the promise: a loop of one's own over seven streams, on views that
 * were claimed, is twice as fast as the same loop on raw pointers, or faster.
 *
 * bench: release
 *
 * The loop writes three of its streams. Raw pointers may overlap, so the compiler must look:
 * at each of the three against all the others, fifteen pairs, which is more than gcc or clang
 * will look at, and so they vectorise nothing. Behind deed_claim() the parameters are `restrict`
 * and it is true. In a release build the claim is the constant 1, and in a trap build it finds the
 * call where it is not.
 */
#include "bench.h"

#include <deed.h>
#include <deed/arena.h>
#include <deed/kernels.h>

#define ROUNDS 61
#define NOT_INLINE __attribute__((noinline))

enum { STREAMS = 7, ELEMENTS = 1 << 20, TURN = 1 << 20 };

static const struct place {
	const char *name;
	size_t count;
	double target; /* at most, of the time of raw pointers */
} places[] = {
	{ "1 Ki elements", 1 << 10, 0.5 },
	{ "16 Ki elements", 16 << 10, 0.5 },
	{ "1 Mi elements", ELEMENTS, 0 },
};

static deed_f32 streams[STREAMS];
static float *raw[STREAMS];

/* gcc vectorises as it does at -O3; clang goes by the file's -O, and does so at -O2. */
#ifndef __clang__
#pragma GCC push_options
#pragma GCC optimize("O3")
#endif

/* ---- on raw pointers ------------------------------------------------------------------------ */

NOT_INLINE static void raw_step(float *x, float *y, float *z, const float *vx, const float *vy,
				const float *vz, const float *dt, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		x[i] += vx[i] * dt[i];
		y[i] += vy[i] * dt[i];
		z[i] += vz[i] * dt[i];
	}
}

/* ---- on views ------------------------------------------------------------------------------- */

static void step_kernel(float *restrict x, float *restrict y, float *restrict z,
			const float *restrict vx, const float *restrict vy,
			const float *restrict vz, const float *restrict dt, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		x[i] += vx[i] * dt[i];
		y[i] += vy[i] * dt[i];
		z[i] += vz[i] * dt[i];
	}
}

NOT_INLINE static void step(deed_f32_inout x, deed_f32_inout y, deed_f32_inout z,
			    deed_f32_borrowed vx, deed_f32_borrowed vy, deed_f32_borrowed vz,
			    deed_f32_borrowed dt)
{
	if (deed_claim(x, y, z, vx, vy, vz, dt))
		step_kernel(deed_data(x), deed_data(y), deed_data(z), deed_data(vx), deed_data(vy),
			    deed_data(vz), deed_data(dt), deed_len(x));
}

#ifndef __clang__
#pragma GCC pop_options
#endif

/* ---- sides ---------------------------------------------------------------------------------- */

struct turn {
	bool is_raw;
	size_t count, passes;
};

static void pass(const struct turn *turn)
{
	const size_t end = turn->count;

	if (turn->is_raw) {
		raw_step(raw[0], raw[1], raw[2], raw[3], raw[4], raw[5], raw[6], end);
	} else {
		DEED_INOUT_PART(x, &streams[0], 0, end);
		DEED_INOUT_PART(y, &streams[1], 0, end);
		DEED_INOUT_PART(z, &streams[2], 0, end);
		DEED_BORROWED_PART(vx, &streams[3], 0, end);
		DEED_BORROWED_PART(vy, &streams[4], 0, end);
		DEED_BORROWED_PART(vz, &streams[5], 0, end);
		DEED_BORROWED_PART(dt, &streams[6], 0, end);

		step(x, y, z, vx, vy, vz, dt);
	}
	keep(raw[0]);
}

static double turn(void *context)
{
	const struct turn *const turn = context;
	double start_ns;

	pass(turn); /* what the side before it left in the caches is not its own */
	start_ns = bench_now_ns();
	for (size_t i = 0; i < turn->passes; i++)
		pass(turn);
	return (bench_now_ns() - start_ns) / ((double)turn->count * (double)turn->passes);
}

static void compare(const struct place *place)
{
	struct turn turns[2] = { { false, place->count, TURN / place->count },
				 { true, place->count, TURN / place->count } };
	static struct bench_side sides[2];
	char name[64];
	struct bench_row row = { .name = name, .unit = "x", .target = place->target };

	for (int i = 0; i < 2; i++)
		sides[i] = (struct bench_side){ .run = turn, .context = &turns[i] };
	bench_progress(place->name);
	bench_take_turns(sides, 2, ROUNDS);
	(void)snprintf(name, sizeof name, "seven streams, %s: views / raw", place->name);
	row.figure = bench_ratio(&sides[0], &sides[1]);
	bench_beside(&row, "%.3f ns an element, and %.3f ns", bench_time(&sides[0]).median,
		     bench_time(&sides[1]).median);
	bench_row(&row);
}

int main(void)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;

	for (int i = 0; i < STREAMS; i++) {
		bench_must(deed_new_in(&streams[i], &arena, ELEMENTS), "deed_new_in");
		DEED_INOUT(all, &streams[i]);

		for (size_t k = 0; k < ELEMENTS; k++)
			deed_at(all, k) = i < 3 ? (float)k : 0.5f;
		raw[i] = deed_data(all);
	}
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		compare(&places[i]);
	deed_arena_close(&arena);
	return EXIT_SUCCESS;
}
