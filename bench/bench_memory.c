/* SPDX-License-Identifier: MIT
 *
 * bench/bench_memory.c - the promise: a live buffer costs at most 256 bytes more in a trap
 * build, and a program that makes and drops buffers for ever stays as large as it is.
 *
 * bench: both            the trap one asks, the release one is its worker
 *
 * The figures are resident bytes, as the system counts them, of whole processes. They are
 * not times: one round says it all.
 */
#include "bench.h"

#include <deed.h>

#define LIVE 500000
#define BYTES 64
#define AT_ONCE 1000
/* As many again as the ledger keeps the story of: from here on it should be of one size. */
#define SETTLED 400000
#define FOR_EVER 4000000

static deed_u8 *buffers;

/* smaps_rollup counts pages; the other files of /proc read counters that lag behind. */
static double resident_bytes(void)
{
	FILE *const file = fopen("/proc/self/smaps_rollup", "r");
	char line[256];
	long kibibytes = -1;

	while (file && kibibytes < 0 && fgets(line, sizeof line, file))
		(void)sscanf(line, "Rss: %ld", &kibibytes);
	if (kibibytes < 0)
		bench_die("/proc/self/smaps_rollup", errno);
	(void)fclose(file);
	return (double)kibibytes * 1024;
}

/* What each of many live buffers adds. */
static double bytes_per_buffer(void *context)
{
	double before, after;

	(void)context;
	buffers = calloc(LIVE, sizeof *buffers);
	if (!buffers)
		bench_die("no memory", 0);
	for (size_t i = 0; i < LIVE; i++)
		keep(memset(&buffers[i], 0, sizeof buffers[i])); /* resident before and after */
	before = resident_bytes();
	for (size_t i = 0; i < LIVE; i++)
		bench_must(deed_new_zeroed(&buffers[i], BYTES), "deed_new");
	after = resident_bytes();
	for (size_t i = 0; i < LIVE; i++)
		deed_drop(&buffers[i]);
	free(buffers);
	return (after - before) / LIVE;
}

/* Replaces the oldest of the live buffers `count` times, each of them lent once. */
static void churn(size_t count)
{
	for (size_t i = 0; i < count; i++) {
		deed_u8 *const oldest = &buffers[i % AT_ONCE];

		deed_settle(oldest);
		bench_must(deed_new(oldest, BYTES), "deed_new");
		{
			DEED_INOUT(view, oldest);
			deed_at(view, 0) = 1;
		}
	}
}

/* What each of many buffers leaves behind once they are all gone. */
static double bytes_left_behind(void)
{
	double before, after;

	buffers = calloc(AT_ONCE, sizeof *buffers);
	if (!buffers)
		bench_die("no memory", 0);
	churn(SETTLED);
	before = resident_bytes();
	churn(FOR_EVER);
	after = resident_bytes();
	for (size_t i = 0; i < AT_ONCE; i++)
		deed_drop(&buffers[i]);
	free(buffers);
	return (after - before) / FOR_EVER;
}

static struct bench_figure once(double value)
{
	return (struct bench_figure){ value, value, value, value, value };
}

int main(int argc, char **argv)
{
	static struct bench_worker release;
	struct bench_row row = { .name = "memory: a live 64-byte buffer, above release",
				 .unit = "B",
				 .target = 256,
				 .bound = "a row of the ledger" };
	double with_trap, without, left;

	if (bench_is_worker(argc, argv))
		return bench_serve(bytes_per_buffer, NULL);
	bench_progress("memory");
	(void)resident_bytes(); /* its own pages */
	release.program = bench_peer("bench_memory_release");
	left = bytes_left_behind();
	without = bench_ask(&release);
	bench_dismiss(&release);
	with_trap = bytes_per_buffer(NULL);
	row.figure = once(with_trap - without);
	bench_beside(&row, "resident bytes a buffer: trap %.0f, release %.0f", with_trap, without);
	bench_row(&row);
	row = (struct bench_row){ .name = "memory: a buffer made and dropped, left behind",
				  .unit = "B",
				  .target = 0.01,
				  .figure = once(left),
				  .bound = "the history of ended buffers, still growing" };
	bench_beside(&row, "over %d buffers, after %d", FOR_EVER, SETTLED);
	bench_row(&row);
	return EXIT_SUCCESS;
}
