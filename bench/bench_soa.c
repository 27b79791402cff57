/* SPDX-License-Identifier: MIT
 *
 * bench/bench_soa.c - the promise: a loop over one field of a struct of arrays takes at most a
 * quarter of what it takes over an array of structs, where both come from memory; and the views
 * cost nothing over raw pointers.
 *
 * bench: release
 *
 * A row has 64 bytes, a cache line, in 14 fields. Two loops, each written three times: over an
 * array of structs, over columns by guards, over the same columns by raw pointers.
 *
 *     reduction     adds up one field: 4 of 64 bytes
 *     update        moves x, y, z by vx, vy, vz: 24 of 64 bytes, of which 12 are written
 *
 * In the first cache, the second, and in memory: 4 million rows, of which a column is 16 MB, and
 * may stay in a last cache that is large. Beside that: what the capacity's odd number of
 * cache lines is for, one row at a time, and a pipeline of two passes whose buffer between them
 * is made inside the loop, or once before it.
 *
 * Run as `bench_soa loop LOOP SIDE COUNT PASSES` it does just that: it is how it has valgrind's
 * cachegrind count the misses, since a virtual machine has no counters.
 */
#include "bench.h"

#include <deed.h>
#include <deed/soa.h>

#define ROUNDS 15

#define BODY(FIELD)                                                                                \
	FIELD(float, x)                                                                            \
	FIELD(float, y)                                                                            \
	FIELD(float, z)                                                                            \
	FIELD(float, vx)                                                                           \
	FIELD(float, vy)                                                                           \
	FIELD(float, vz)                                                                           \
	FIELD(uint32_t, charge)                                                                    \
	FIELD(uint32_t, id)                                                                        \
	FIELD(float, mass)                                                                         \
	FIELD(float, radius)                                                                       \
	FIELD(double, energy)                                                                      \
	FIELD(double, age)                                                                         \
	FIELD(uint32_t, cell)                                                                      \
	FIELD(uint32_t, flags)
DEED_SOA(bodies, BODY);
_Static_assert(sizeof(bodies_row) == 64, "a row is a cache line");

/* In a cache of 32 KiB the columns of both loops fit, and 512 rows of 64 bytes just so. */
static const size_t counts[] = { 500, 10000, 4000000 };
static const char *const places[] = { "first cache", "second cache", "memory" };

static bodies_row *rows;
static bodies columns = DEED_EMPTY;
static size_t count;

/* gcc vectorises at -O3 only; clang goes by the file's -O, and does so at -O2. A loop of five
 * instructions takes twice as long where it happens to lie across two cache lines.
 */
#ifndef __clang__
#pragma GCC push_options
#pragma GCC optimize("O3", "align-loops=64")
#endif

/* ---- array of structs ----------------------------------------------------------------------- */

static uint32_t rows_reduce(const bodies_row *of, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += of[i].charge;
	return sum;
}

static void rows_update(bodies_row *of, size_t n, float dt)
{
	for (size_t i = 0; i < n; i++) {
		of[i].x += of[i].vx * dt;
		of[i].y += of[i].vy * dt;
		of[i].z += of[i].vz * dt;
	}
}

/* ---- columns by raw pointers ---------------------------------------------------------------- */

static uint32_t raw_reduce(const uint32_t *of, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += of[i];
	return sum;
}

static void raw_move(float *to, const float *by, size_t n, float dt)
{
	for (size_t i = 0; i < n; i++)
		to[i] += by[i] * dt;
}

/* ---- columns by views ----------------------------------------------------------------------- */

static uint32_t soa_reduce(const bodies *of)
{
	DEED_SOA_BORROWED(charge, of, charge);
	uint32_t sum = 0;

	for (size_t i = 0; i < deed_len(charge); i++)
		sum += deed_at(charge, i);
	return sum;
}

static void soa_move(deed_f32_inout to, deed_f32_borrowed by, float dt)
{
	float *const at = deed_data(to);
	const float *const speed = deed_data(by);

	for (size_t i = 0; i < deed_len(to); i++)
		at[i] += speed[i] * dt;
}

static void soa_update(bodies *of, float dt)
{
	DEED_SOA_INOUT(x, of, x);
	DEED_SOA_INOUT(y, of, y);
	DEED_SOA_INOUT(z, of, z);
	DEED_SOA_BORROWED(vx, of, vx);
	DEED_SOA_BORROWED(vy, of, vy);
	DEED_SOA_BORROWED(vz, of, vz);

	soa_move(x, vx, dt);
	soa_move(y, vy, dt);
	soa_move(z, vz, dt);
}

/* Six streams at once, as far apart as the caller says. */
static void six_streams(float *base, size_t apart, size_t n, float dt)
{
	float *const x = base, *const y = base + apart, *const z = base + 2 * apart;
	const float *const vx = base + 3 * apart, *const vy = base + 4 * apart,
			   *const vz = base + 5 * apart;

#ifdef __clang__
#pragma clang loop vectorize(assume_safety)
#else
#pragma GCC ivdep
#endif
	for (size_t i = 0; i < n; i++) {
		x[i] += vx[i] * dt;
		y[i] += vy[i] * dt;
		z[i] += vz[i] * dt;
	}
}

static void scale(float *to, const float *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = from[i] * 1.5f + 1;
}

static void smooth(float *to, const float *from, size_t n)
{
	for (size_t i = 1; i + 1 < n; i++)
		to[i] = (from[i - 1] + from[i] + from[i + 1]) * 0.333f;
}

#ifndef __clang__
#pragma GCC pop_options
#endif

/* ---- sides ---------------------------------------------------------------------------------- */

enum { REDUCE, UPDATE, LOOPS };
enum { ROWS, SOA, RAW, SIDES };
static const char *const loop_names[LOOPS] = { "reduction", "update" };

struct turn {
	int loop, side;
	size_t passes;
};

static void pass_raw(int loop)
{
	char *const base = (char *)columns.h.owner.own;
	const size_t capacity = columns.h.owner.len & DEED_LEN_MAX;
	float *const field = (float *)(void *)base;

	if (loop == REDUCE) {
		keep_number(
			raw_reduce((const uint32_t *)(const void *)(field + 6 * capacity), count));
		return;
	}
	for (size_t i = 0; i < 3; i++)
		raw_move(field + i * capacity, field + (i + 3) * capacity, count, 0.5f);
}

static void pass(const struct turn *turn)
{
	keep(rows);
	keep(&columns);
	if (turn->side == RAW)
		pass_raw(turn->loop);
	else if (turn->loop == REDUCE)
		keep_number(turn->side == ROWS ? rows_reduce(rows, count) : soa_reduce(&columns));
	else if (turn->side == ROWS)
		rows_update(rows, count, 0.5f);
	else
		soa_update(&columns, 0.5f);
	keep(rows);
}

static double turn(void *context)
{
	const struct turn *const turn = context;
	double start_ns;

	pass(turn); /* what the side before it left in the caches is not its own */
	start_ns = bench_now_ns();
	for (size_t i = 0; i < turn->passes; i++)
		pass(turn);
	return (bench_now_ns() - start_ns) / ((double)count * (double)turn->passes);
}

static void make(size_t n)
{
	count = n;
	if (posix_memalign((void **)&rows, 64, n * sizeof *rows))
		bench_die("no memory", ENOMEM);
	for (size_t i = 0; i < n; i++)
		rows[i] = (bodies_row){ .x = (float)i, .vx = 1, .vy = 2, .charge = (uint32_t)i };
	bench_must(deed_soa_from(&columns, rows, n), "deed_soa_from");
}

static void end(void)
{
	free(rows);
	deed_soa_drop(&columns);
}

/* ---- cachegrind ----------------------------------------------------------------------------- */

struct misses {
	double percent, a_row; /* below 0 where valgrind is not found */
};

/* How many accesses to data miss a first cache of 32 KiB, with the larger of two numbers of passes
 * less the smaller: what is left is the loop's. */
static struct misses misses(const char *self, int loop, int side, size_t n)
{
	const int passes = 20;
	double counted[2][2] = { { 0 } }; /* accesses and misses */

	for (int more = 0; more < 2; more++) {
		char command[768], line[256];
		FILE *output;

		(void)snprintf(command, sizeof command,
			       "valgrind --tool=cachegrind --cache-sim=yes --D1=32768,8,64 "
			       "--LL=33554432,16,64 --cachegrind-out-file=/dev/null '%s' loop %d "
			       "%d %zu %d 2>&1",
			       self, loop, side, n, more * passes);
		output = popen(command, "r");
		while (output && fgets(line, sizeof line, output)) {
			const char *const accesses = strstr(line, "D   refs:");
			const char *const missed = strstr(line, "D1  misses:");
			const char *at = accesses ? accesses + 9 : missed ? missed + 11 : NULL;
			double number = 0;

			for (const char *digit = at; digit && *digit && *digit != '('; digit++)
				if (*digit >= '0' && *digit <= '9')
					number = number * 10 + (*digit - '0');
			if (at)
				counted[more][missed != NULL] = number;
		}
		if (!output || pclose(output) || counted[more][0] <= 0)
			return (struct misses){ -1, -1 };
	}
	counted[1][0] -= counted[0][0];
	counted[1][1] -= counted[0][1];
	return (struct misses){ 100 * counted[1][1] / counted[1][0],
				counted[1][1] / (passes * (double)n) };
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void compare(const char *self, int loop, size_t place)
{
	static struct bench_side sides[SIDES];
	static struct turn turns[SIDES];
	struct misses of_rows = { -1, -1 }, of_soa = { -1, -1 };
	char name[80];
	struct bench_row row = { .unit = "x", .bound = "the loop, not the memory" };

	for (int side = 0; side < SIDES; side++) {
		turns[side] = (struct turn){ loop, side, 1 + 16000000 / counts[place] };
		sides[side] = (struct bench_side){ .run = turn, .context = &turns[side] };
	}
	bench_take_turns(sides, SIDES, ROUNDS);
	(void)snprintf(name, sizeof name, "%s: columns / structs, %s", loop_names[loop],
		       places[place]);
	row.name = name;
	row.target = loop == REDUCE && place == 2 ? 0.25 : 0;
	row.figure = bench_ratio(&sides[SOA], &sides[ROWS]);
	if (place == 2) {
		of_rows = misses(self, loop, ROWS, 100000);
		of_soa = misses(self, loop, SOA, 100000);
	}
	if (of_rows.percent >= 0)
		bench_beside(&row,
			     "%.3f ns a row, and %.3f ns; D1 misses %.1f %%, %.2f a row, and "
			     "%.1f %%, %.2f",
			     bench_time(&sides[SOA]).median, bench_time(&sides[ROWS]).median,
			     of_soa.percent, of_soa.a_row, of_rows.percent, of_rows.a_row);
	else
		bench_beside(&row, "%.3f ns a row, and %.3f ns", bench_time(&sides[SOA]).median,
			     bench_time(&sides[ROWS]).median);
	bench_row(&row);
	(void)snprintf(name, sizeof name, "%s: views / raw pointers, %s", loop_names[loop],
		       places[place]);
	row = (struct bench_row){ .name = name,
				  .unit = "x",
				  .target = 1.05,
				  .within_noise = true,
				  .figure = bench_ratio(&sides[SOA], &sides[RAW]) };
	bench_row(&row);
}

/* ---- the capacity --------------------------------------------------------------------------- */

#define STREAM 65536
static float *streams;

static double streams_apart(void *context)
{
	const size_t apart = *(const size_t *)context, passes = 20;
	const double start_ns = bench_now_ns();

	for (size_t pass = 0; pass < passes; pass++) {
		six_streams(streams, apart, STREAM - 64, 0.5f);
		keep(streams);
	}
	return (bench_now_ns() - start_ns) / (STREAM * (double)passes);
}

static void compare_capacities(void)
{
	static size_t apart[] = { STREAM + 64, STREAM };
	static struct bench_side sides[2];
	struct bench_row row = { .name = "six columns: odd capacity / a power of two",
				 .unit = "x" };

	if (posix_memalign((void **)&streams, 4096, 6 * sizeof *streams * (STREAM + 64)))
		bench_die("no memory", ENOMEM);
	memset(streams, 0, 6 * sizeof *streams * (STREAM + 64));
	for (int i = 0; i < 2; i++)
		sides[i] = (struct bench_side){ .run = streams_apart, .context = &apart[i] };
	bench_take_turns(sides, 2, ROUNDS);
	row.figure = bench_ratio(&sides[0], &sides[1]);
	bench_beside(&row, "%.3f ns a row, and %.3f ns", bench_time(&sides[0]).median,
		     bench_time(&sides[1]).median);
	bench_row(&row);
	free(streams);
}

/* ---- single rows ---------------------------------------------------------------------------- */

static double push_rows(void *unused)
{
	bodies made = DEED_EMPTY;
	const double start_ns = bench_now_ns();

	(void)unused;
	bench_must(deed_soa_new(&made, 0), "deed_soa_new");
	for (size_t i = 0; i < count; i++)
		bench_must(deed_soa_push(&made, rows[i]), "deed_soa_push");
	keep(&made);
	deed_soa_drop(&made);
	return (bench_now_ns() - start_ns) / (double)count;
}

static double get_rows(void *unused)
{
	const double start_ns = bench_now_ns();

	(void)unused;
	for (size_t i = 0; i < count; i++) {
		const bodies_row row = deed_soa_get(&columns, i);

		keep(&row);
	}
	return (bench_now_ns() - start_ns) / (double)count;
}

static double all_rows(void *unused)
{
	const double start_ns = bench_now_ns();

	(void)unused;
	deed_soa_to(rows, &columns);
	keep(rows);
	return (bench_now_ns() - start_ns) / (double)count;
}

static void tell_rows(void)
{
	static struct bench_side sides[3] = { { .run = push_rows },
					      { .run = get_rows },
					      { .run = all_rows } };
	static const char *const names[3] = { "a row of 14 fields pushed", "a row got",
					      "a row, of all that are copied to structs" };

	bench_take_turns(sides, 3, ROUNDS);
	for (int i = 0; i < 3; i++) {
		const struct bench_row row = { .name = names[i],
					       .unit = "ns",
					       .figure = bench_time(&sides[i]) };

		bench_row(&row);
	}
}

/* ---- allocated once ------------------------------------------------------------------------- */

#define BLOCK 1024
#define BLOCKS 64
static float signal_in[BLOCK], signal_out[BLOCK];

static double made_inside(void *context)
{
	const size_t elements = *(const size_t *)context;
	const double start_ns = bench_now_ns();

	for (size_t block = 0; block < BLOCKS; block++) {
		DEED_AUTO(deed_f32, between);

		bench_must(deed_new(&between, elements), "deed_new");
		{
			DEED_INOUT(v, &between);

			scale(deed_data(v), signal_in, BLOCK);
			smooth(signal_out, deed_data(v), BLOCK);
		}
		keep(signal_out);
	}
	return (bench_now_ns() - start_ns) / BLOCKS;
}

static double made_before(void *context)
{
	const size_t elements = *(const size_t *)context;
	DEED_AUTO(deed_f32, between);
	double start_ns;

	bench_must(deed_new(&between, elements), "deed_new");
	start_ns = bench_now_ns();
	for (size_t block = 0; block < BLOCKS; block++) {
		DEED_INOUT(v, &between);

		scale(deed_data(v), signal_in, BLOCK);
		smooth(signal_out, deed_data(v), BLOCK);
		keep(signal_out);
	}
	return (bench_now_ns() - start_ns) / BLOCKS;
}

static void tell_pipeline(void)
{
	/* 4 KiB, and what the C library maps anew every time: 1 MiB of which as much is used. */
	static size_t sizes[] = { BLOCK, 1 << 18 };
	static const char *const names[] = { "pipeline: buffer made inside / once, 4 KiB",
					     "pipeline: buffer made inside / once, 1 MiB" };
	static struct bench_side sides[2];

	for (int i = 0; i < 2; i++) {
		struct bench_row row = { .name = names[i], .unit = "x" };

		sides[0] = (struct bench_side){ .run = made_inside, .context = &sizes[i] };
		sides[1] = (struct bench_side){ .run = made_before, .context = &sizes[i] };
		bench_take_turns(sides, 2, ROUNDS);
		row.figure = bench_ratio(&sides[0], &sides[1]);
		bench_beside(&row, "%.0f ns a block, and %.0f ns", bench_time(&sides[0]).median,
			     bench_time(&sides[1]).median);
		bench_row(&row);
	}
}

int main(int argc, char **argv)
{
	if (argc == 6 && !strcmp(argv[1], "loop")) {
		struct turn one = { atoi(argv[2]), atoi(argv[3]), (size_t)atoi(argv[5]) };

		make((size_t)atol(argv[4]));
		(void)turn(&one);
		end();
		return EXIT_SUCCESS;
	}
	for (size_t place = 0; place < sizeof counts / sizeof *counts; place++) {
		bench_progress("columns");
		make(counts[place]);
		for (int loop = 0; loop < LOOPS; loop++)
			compare(argv[0], loop, place);
		end();
	}
	compare_capacities();
	make(10000);
	tell_rows();
	end();
	tell_pipeline();
	return EXIT_SUCCESS;
}
