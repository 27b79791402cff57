/* SPDX-License-Identifier: MIT
 *
 * bench/bench.h - how benchmarks measure, and how they say it.
 *
 *     static double pairs(void *context) { ... return nanoseconds per operation; }
 *
 *     struct bench_side sides[] = { { .run = pairs }, { .run = raw_pairs } };
 *     bench_take_turns(sides, 2, 101);
 *     bench_row(&(struct bench_row){ .name = "pair / raw pair", .unit = "x", .target = 2,
 *                                    .figure = bench_ratio(&sides[0], &sides[1]) });
 *
 * Machines are shared, virtual, and change their clock, so no figure stands alone. Whatever
 * is compared is a *side*, and sides take turns, a few milliseconds each:
 *
 *     A B C  A B C  A B C ...        a ratio is taken within each round
 *
 * What slows the machine for a while slows the neighbours in a round alike. A figure is the
 * median over the rounds, its spread their quartiles. The clock is the processor time of
 * the thread: time that another process had does not count.
 *
 * A side that must live in another process (another flavour, another sanitizer, a million
 * other buffers) is a *worker*: a program that takes its turn when it reads a byte, and
 * writes what it took. It is warm, and takes turns as finely as a function; and all of them
 * are held on one CPU, because two need not be equally fast: each may share its core with
 * somebody else's work. One that is `wide` has threads, and all CPUs; it is stopped between its
 * turns, or threads of it that still look for work would take the others' time.
 *
 * To be included first: it asks for GNU extensions.
 */
#ifndef BENCH_H
#define BENCH_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BENCH_ROUNDS_MAX 401
/* Rounds before the first one that counts: they fill caches, queues and predictors. */
#define BENCH_ROUNDS_WARM 3

#define BENCH_UNUSED __attribute__((unused))

extern char **environ;

/* ---- keeping alive -------------------------------------------------------------------------- */

/* The compiler must assume that somebody reads, and writes, what `pointer` points to. */
static inline void keep(const void *pointer)
{
	__asm__ volatile("" : : "r"(pointer) : "memory");
}

static inline void keep_number(uint64_t number)
{
	__asm__ volatile("" : : "r"(number));
}

/* ---- ends ----------------------------------------------------------------------------------- */

BENCH_UNUSED static _Noreturn void bench_die(const char *what, int err)
{
	(void)fprintf(stderr, "bench: %s%s%s\n", what, err ? ": " : "", err ? strerror(err) : "");
	exit(EXIT_FAILURE);
}

/* For a call that can only fail where nothing can be measured any more. */
BENCH_UNUSED static void bench_must(int err, const char *what)
{
	if (err)
		bench_die(what, -err);
}

/* ---- time ----------------------------------------------------------------------------------- */

BENCH_UNUSED static double bench_now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* The clock on the wall, for what several threads do together. */
BENCH_UNUSED static double bench_wall_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* ---- sides ---------------------------------------------------------------------------------- */

struct bench_side {
	double (*run)(void *context); /* one turn; returns what it took, per operation */
	void *context;
	size_t rounds;
	double took[BENCH_ROUNDS_MAX];
};

BENCH_UNUSED static void bench_take_turns(struct bench_side *sides, size_t count, size_t rounds)
{
	for (size_t round = 0; round < rounds + BENCH_ROUNDS_WARM; round++)
		for (size_t i = 0; i < count; i++) {
			const double took = sides[i].run(sides[i].context);

			if (round >= BENCH_ROUNDS_WARM)
				sides[i].took[round - BENCH_ROUNDS_WARM] = took;
			sides[i].rounds = rounds;
		}
}

/* ---- figures -------------------------------------------------------------------------------- */

/* `lo` and `hi` are quartiles; `sure` is the lower end of the 95 % confidence interval of the
 * median. */
struct bench_figure {
	double median, lo, hi, sure, best;
};

static int bench_is_larger(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

BENCH_UNUSED static struct bench_figure bench_of(const double *values, size_t count)
{
	double sorted[BENCH_ROUNDS_MAX], root = 1;
	size_t sure;

	memcpy(sorted, values, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, bench_is_larger);
	for (int i = 0; i < 20; i++) /* Newton: benchmarks need no libm */
		root = (root + (double)count / root) / 2;
	sure = count < 6 ? 0 : (size_t)((double)count / 2 - 0.98 * root);
	return (struct bench_figure){ .median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2,
				      .lo = sorted[count / 4],
				      .hi = sorted[count - 1 - count / 4],
				      .sure = sorted[sure],
				      .best = sorted[0] };
}

BENCH_UNUSED static struct bench_figure bench_time(const struct bench_side *side)
{
	return bench_of(side->took, side->rounds);
}

BENCH_UNUSED static struct bench_figure bench_ratio(const struct bench_side *side,
						    const struct bench_side *peer)
{
	double ratios[BENCH_ROUNDS_MAX];

	for (size_t round = 0; round < side->rounds; round++)
		ratios[round] = side->took[round] / peer->took[round];
	return bench_of(ratios, side->rounds);
}

/* How much more than its peer. */
BENCH_UNUSED static struct bench_figure bench_excess(const struct bench_side *side,
						     const struct bench_side *peer)
{
	double excess[BENCH_ROUNDS_MAX];

	for (size_t round = 0; round < side->rounds; round++)
		excess[round] = side->took[round] - peer->took[round];
	return bench_of(excess, side->rounds);
}

/* ---- rows ----------------------------------------------------------------------------------- */

struct bench_row {
	const char *name;
	struct bench_figure figure;
	const char *unit;
	double target;	   /* at most; 0 for a figure that is only told */
	bool at_least;	   /* the target is a lower bound */
	bool within_noise; /* missed only if the median is surely above the target */
	const char *bound; /* of a miss: what bounds the figure */
	char beside[240];  /* what was measured in the same rounds */
};

BENCH_UNUSED __attribute__((format(printf, 2, 3))) static void bench_beside(struct bench_row *row,
									    const char *format, ...)
{
	va_list list;

	va_start(list, format);
	(void)vsnprintf(row->beside, sizeof row->beside, format, list);
	va_end(list);
}

BENCH_UNUSED static void bench_progress(const char *what)
{
	if (isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\r\033[K%s", what);
}

/* By the digits that are printed. */
BENCH_UNUSED static bool bench_misses(const struct bench_row *row, double figure)
{
	return row->at_least ? figure < row->target - 0.005 : figure >= row->target + 0.005;
}

BENCH_UNUSED static void bench_row(const struct bench_row *row)
{
	const struct bench_figure *const figure = &row->figure;
	const bool is_over = bench_misses(row, figure->median);
	const bool is_missed = row->within_noise ? bench_misses(row, figure->sure) : is_over;
	char target[32] = "none";

	bench_progress("");
	if (row->target > 0)
		(void)snprintf(target, sizeof target, "%s %g %s",
			       row->at_least ? ">=" : "<=", row->target, row->unit);
	(void)printf("%-46s %8.2f %-3s %8.2f - %-8.2f %-10s %s\n", row->name, figure->median,
		     row->unit, figure->lo, figure->hi, target,
		     row->target <= 0 ? "-"
		     : is_missed      ? "missed"
		     : is_over	      ? "within noise"
				      : "ok");
	if (row->beside[0])
		(void)printf("      beside: %s\n", row->beside);
	if (row->target > 0 && is_missed && row->bound)
		(void)printf("      bounded by: %s\n", row->bound);
	(void)fflush(stdout);
}

/* ---- whole processes ------------------------------------------------------------------------ */

static double bench_milliseconds(struct timeval time)
{
	return (double)time.tv_sec * 1e3 + (double)time.tv_usec * 1e-3;
}

/* Runs a program, which PATH may lead to, without its output: its processor time in milliseconds,
 * user and system, and that of the processes that it starts. */
BENCH_UNUSED static double bench_run(char *const *arguments)
{
	posix_spawn_file_actions_t actions;
	struct rusage used;
	pid_t process = 0;
	int err, status;

	err = posix_spawn_file_actions_init(&actions);
	if (!err)
		err = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null",
						       O_WRONLY, 0);
	if (!err)
		err = posix_spawnp(&process, arguments[0], &actions, NULL, arguments, environ);
	bench_must(-err, arguments[0]);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (wait4(process, &status, 0, &used) != process || status)
		bench_die(arguments[0], 0);
	return bench_milliseconds(used.ru_utime) + bench_milliseconds(used.ru_stime);
}

/* ---- workers -------------------------------------------------------------------------------- */

struct bench_worker {
	const char *program;
	char *arguments[4];
	bool is_wide;
	pid_t process;
	int ask, answer;
};

static int bench_pipe(int ends[2])
{
	return pipe2(ends, O_CLOEXEC) ? -errno : 0;
}

static int bench_spawn(struct bench_worker *worker, const int ask[2], const int answer[2])
{
	posix_spawn_file_actions_t actions;
	char *arguments[] = { NULL, NULL, NULL, NULL, NULL, NULL };
	int err;

	arguments[0] = strdup(worker->program);
	arguments[1] = strdup("worker");
	for (int i = 0; i < 3 && worker->arguments[i]; i++)
		arguments[2 + i] = worker->arguments[i];
	err = posix_spawn_file_actions_init(&actions);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, ask[0], STDIN_FILENO);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, answer[1], STDOUT_FILENO);
	if (!err)
		err = posix_spawn(&worker->process, worker->program, &actions, NULL, arguments,
				  environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	free(arguments[0]);
	free(arguments[1]);
	return -err;
}

/* Holds this process, and the workers that it starts, on the CPU where it is. */
static void bench_hold(void)
{
	const int cpu = sched_getcpu();
	cpu_set_t set;

	if (cpu < 0 || cpu >= CPU_SETSIZE)
		return;
	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	(void)sched_setaffinity(0, sizeof set, &set);
}

/* One turn of the worker that `context` is, which is started at its first. */
BENCH_UNUSED static double bench_ask(void *context)
{
	struct bench_worker *const worker = context;
	double took;

	if (!worker->process) {
		int ask[2], answer[2];

		if (!worker->is_wide)
			bench_hold();
		bench_must(bench_pipe(ask), "pipe");
		bench_must(bench_pipe(answer), "pipe");
		bench_must(bench_spawn(worker, ask, answer), worker->program);
		(void)close(ask[0]);
		(void)close(answer[1]);
		worker->ask = ask[1];
		worker->answer = answer[0];
	}
	if (worker->is_wide)
		(void)kill(worker->process, SIGCONT);
	if (write(worker->ask, "", 1) != 1 ||
	    read(worker->answer, &took, sizeof took) != (ssize_t)sizeof took)
		bench_die("a worker died", 0);
	if (worker->is_wide)
		(void)kill(worker->process, SIGSTOP);
	return took;
}

BENCH_UNUSED static void bench_dismiss(struct bench_worker *worker)
{
	int status;

	if (!worker->process)
		return;
	(void)kill(worker->process, SIGCONT);
	(void)close(worker->ask);
	(void)close(worker->answer);
	(void)waitpid(worker->process, &status, 0);
	worker->process = 0;
}

/* The other side of the pipe: takes a turn per byte, until there are no more. Who asked is to be
 * off its processor core by then: else a pool's thread finds none of two free when it is woken, and
 * begins on its caller's, for as long as the scheduler leaves it there. */
BENCH_UNUSED static int bench_serve(double (*run)(void *context), void *context)
{
	const struct timespec rest = { .tv_nsec = 300000 };
	double took;
	char byte;

	while (read(STDIN_FILENO, &byte, 1) == 1) {
		(void)nanosleep(&rest, NULL);
		took = run(context);
		if (write(STDOUT_FILENO, &took, sizeof took) != (ssize_t)sizeof took)
			return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

BENCH_UNUSED static bool bench_is_worker(int argc, char **argv)
{
	return argc > 1 && !strcmp(argv[1], "worker");
}

/* The path of a program that bench/run.sh built beside this one; lives for ever. */
BENCH_UNUSED static const char *bench_peer(const char *name)
{
	const char *const folder = getenv("BENCH_PEERS");
	char *path;

	if (asprintf(&path, "%s/%s", folder ? folder : ".", name) < 0)
		bench_die("no memory", 0);
	if (access(path, X_OK))
		bench_die(path, errno);
	return path;
}

#endif
