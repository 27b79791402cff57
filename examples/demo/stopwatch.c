/* SPDX-License-Identifier: MIT
 *
 * examples/demo/stopwatch.c - times programs against each other on one input.
 *
 *     stopwatch ROUNDS INPUT PROGRAM...
 *
 * prints a line for each program: the median of its times in milliseconds, and how many
 * times longer it takes than the first one. What it says is worth something on a busy
 * machine, too:
 *
 *   - the time is the processor's (user and system), from the process's start to its end;
 *   - the programs take turns, and each round begins with another one;
 *   - the ratio is the median of the rounds' ratios. What slows the machine for a while
 *     slows the neighbours in a round alike, and cancels out.
 *
 * A round before the first one brings the input into memory and is not counted.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern char **environ;

enum { PROGRAMS_MAX = 8, ROUNDS_MAX = 999 };

static double took_ms[PROGRAMS_MAX][ROUNDS_MAX];

static double milliseconds(struct timeval time)
{
	return (double)time.tv_sec * 1e3 + (double)time.tv_usec * 1e-3;
}

/* The processor time of one run, or less than 0 if it fails. */
static double run(char *program, char *input)
{
	char *const arguments[] = { program, input, NULL };
	posix_spawn_file_actions_t actions;
	struct rusage used;
	int err, status;
	pid_t process;

	err = posix_spawn_file_actions_init(&actions);
	if (!err)
		err = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	if (!err)
		err = posix_spawn(&process, program, &actions, NULL, arguments, environ);
	if (err) {
		(void)fprintf(stderr, "stopwatch: %s: %s\n", program, strerror(err));
		return -1;
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	while (wait4(process, &status, 0, &used) < 0)
		if (errno != EINTR)
			return -1;
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		(void)fprintf(stderr, "stopwatch: %s: failed\n", program);
		return -1;
	}
	return milliseconds(used.ru_utime) + milliseconds(used.ru_stime);
}

static int is_larger(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(const double *values, int count)
{
	double sorted[ROUNDS_MAX];

	memcpy(sorted, values, (size_t)count * sizeof *sorted);
	qsort(sorted, (size_t)count, sizeof *sorted, is_larger);
	return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

int main(int argc, char **argv)
{
	const int programs = argc - 3;
	const int rounds = argc > 1 ? atoi(argv[1]) : 0;
	double ratios[ROUNDS_MAX];

	if (programs < 1 || programs > PROGRAMS_MAX || rounds < 1 || rounds > ROUNDS_MAX) {
		(void)fprintf(stderr, "Usage: stopwatch ROUNDS INPUT PROGRAM...\n");
		return 2;
	}
	for (int round = -1; round < rounds; round++) {
		for (int turn = 0; turn < programs; turn++) {
			const int which = (round + 1 + turn) % programs;
			const double ms = run(argv[3 + which], argv[2]);

			if (ms < 0)
				return 1;
			if (round >= 0)
				took_ms[which][round] = ms;
		}
	}
	for (int which = 0; which < programs; which++) {
		for (int round = 0; round < rounds; round++)
			ratios[round] = took_ms[which][round] / took_ms[0][round];
		(void)printf("%.2f %.3f\n", median(took_ms[which], rounds), median(ratios, rounds));
	}
	return 0;
}
