/* SPDX-License-Identifier: MIT
 *
 * bench/bench_filestat.c - the promise: a real program is as fast in a release build as in raw
 * C, and 5 % slower at most in a trap build.
 *
 * bench: release
 *
 * The program is examples/filestat.c, built three ways; the input is a real file of tens
 * of megabytes. What counts is the processor time of the whole process, user and system,
 * its start included. Raw C runs twice in each round: how far it is from itself is what
 * noise is here.
 */
#include "bench.h"

#define ROUNDS 61

static double run_program(void *context)
{
	char *arguments[] = { context, getenv("BENCH_INPUT"), NULL };

	return bench_run(arguments);
}

static void print(const char *name, const struct bench_side *side, const struct bench_side *raw,
		  const struct bench_side *again, double target, bool within_noise)
{
	const struct bench_figure noise = bench_ratio(again, raw);
	struct bench_row row = {
		.name = name,
		.figure = bench_ratio(side, raw),
		.unit = "x",
		.target = target,
		.within_noise = within_noise,
		.bound = "its start, and the register that frame pointers take in a trap build"
	};

	bench_beside(&row, "%.1f ms, raw C %.1f ms; raw C / itself %.3f (%.3f - %.3f)",
		     bench_time(side).median, bench_time(raw).median, noise.median, noise.lo,
		     noise.hi);
	bench_row(&row);
}

int main(void)
{
	static struct bench_side sides[4];
	static const char *const programs[] = { "filestat_raw", "filestat_release", "filestat_trap",
						"filestat_raw" };
	char *paths[4];

	bench_progress("filestat");
	if (!getenv("BENCH_INPUT"))
		bench_die("BENCH_INPUT is not set", 0);
	for (int i = 0; i < 4; i++) {
		paths[i] = strdup(bench_peer(programs[i]));
		sides[i] = (struct bench_side){ .run = run_program, .context = paths[i] };
	}
	bench_take_turns(sides, 4, ROUNDS);
	print("filestat: release / raw C", &sides[1], &sides[0], &sides[3], 1, true);
	print("filestat: trap / raw C", &sides[2], &sides[0], &sides[3], 1.05, false);
	return EXIT_SUCCESS;
}
