/* SPDX-License-Identifier: MIT
 *
 * bench/bench_compile.c - the promise: a file that includes deed.h, with all its predefined
 * families, compiles in at most 20 ms more than an empty one.
 *
 * bench: release
 *
 * With every compiler of BENCH_COMPILERS, at -O2, in both flavours. What counts is the
 * processor time of the compiler and of the processes that it starts. Beside it stands what
 * the headers of the C library take that deed.h includes, and most files include anyway.
 */
#include "bench.h"

#define ROUNDS 25
#define TARGET_MS 20

enum { EMPTY, LIBC, RELEASE, TRAP, SIDES };

static const char *const included[SIDES][4] = {
	[LIBC] = { "errno.h", "stddef.h", "stdint.h" },
	[RELEASE] = { "deed.h" },
	[TRAP] = { "deed.h" },
};

struct compilation {
	char *arguments[24];
};

static double compile(void *context)
{
	struct compilation *const compilation = context;

	return bench_run(compilation->arguments);
}

/* cc -O2 -c -x c -include deed.h /dev/null */
static void prepare(struct compilation *compilation, char *compiler, int side)
{
	static char include[4096];
	char **at = compilation->arguments;

	(void)snprintf(include, sizeof include, "-I%s", getenv("BENCH_INCLUDE"));
	*at++ = compiler;
	*at++ = strdup("-O2");
	*at++ = strdup("-c");
	*at++ = strdup("-o/dev/null");
	*at++ = include;
	*at++ = strdup(side == TRAP ? "-DDEED_TRAP=1" : "-DDEED_TRAP=0");
	for (size_t i = 0; i < 4 && included[side][i]; i++) {
		*at++ = strdup("-include");
		*at++ = strdup(included[side][i]);
	}
	*at++ = strdup("-xc");
	*at++ = strdup("/dev/null");
	*at = NULL;
}

static void print(const char *compiler, const char *flavour, const struct bench_side *side,
		  const struct bench_side *sides)
{
	char name[64];
	struct bench_row row = { .name = name,
				 .figure = bench_excess(side, &sides[EMPTY]),
				 .unit = "ms",
				 .target = TARGET_MS,
				 .bound = "the C library's headers, and the number of families" };

	(void)snprintf(name, sizeof name, "compile: deed.h, %s, %s", flavour, compiler);
	bench_beside(&row, "an empty file %.1f ms; the C library's headers %.1f ms more",
		     bench_time(&sides[EMPTY]).median,
		     bench_excess(&sides[LIBC], &sides[EMPTY]).median);
	bench_row(&row);
}

static void measure(char *compiler)
{
	static struct bench_side sides[SIDES];
	static struct compilation compilations[SIDES];

	bench_progress("compiling");
	for (int i = 0; i < SIDES; i++) {
		prepare(&compilations[i], compiler, i);
		sides[i] = (struct bench_side){ .run = compile, .context = &compilations[i] };
	}
	bench_take_turns(sides, SIDES, ROUNDS);
	print(compiler, "release", &sides[RELEASE], sides);
	print(compiler, "trap", &sides[TRAP], sides);
}

int main(void)
{
	char *const compilers = getenv("BENCH_COMPILERS");
	char *rest = NULL;

	if (!compilers || !getenv("BENCH_INCLUDE"))
		bench_die("BENCH_COMPILERS or BENCH_INCLUDE is not set", 0);
	for (char *compiler = strtok_r(compilers, " ", &rest); compiler;
	     compiler = strtok_r(NULL, " ", &rest))
		measure(compiler);
	return EXIT_SUCCESS;
}
