/* SPDX-License-Identifier: MIT
 *
 * bench/bench_kernels.c - the promise: kernels are as fast as the hardware, and so at least
 * as fast as the best library.
 *
 * bench: release         peer: loops
 *
 *     bench_kernels_release             all of them
 *     bench_kernels_release dot sum     these
 *
 * One thread; 2 Ki, 64 Ki, 1 Mi and 16 Mi elements: the first, second and third cache of
 * common processors, and memory. Peers, as far as they are here:
 *
 *     OpenBLAS, VOLK    opened by name, and doing what they choose on this processor
 *     loop              what everybody writes (kernel_loops.c), -O3 -march=native
 *     memcpy, memset    the C library's
 *     limit             a loop that does nothing but read, write, or do both (y += a * x), as
 *                       many bytes, a register's width at a time
 *
 * All of them take turns, on the same buffers. First those of an arena over huge pages, aligned
 * to 64 bytes; then such as deed_new() makes, aligned to 16 bytes and no more, in small pages.
 * (At the end of a page the processor stops fetching ahead: from memory the same loops are half
 * as fast there.) A figure is a ratio of speeds, above 1 where deed is faster, to the fastest of
 * the peers. What is beside it is bytes per second: those that a loop reads and writes, and not
 * what a cache does besides.
 */
#include "bench.h"

#include <deed.h>
#include <deed/arena.h>
#include <deed/simd.h>
#include <dlfcn.h>

static const struct place {
	size_t elements;
	const char *name;
	size_t rounds, turn_bytes;
	bool is_cached;
} places[] = {
	{ (size_t)2 << 10, "2 Ki", 41, (size_t)48 << 20, true },
	{ (size_t)64 << 10, "64 Ki", 41, (size_t)48 << 20, true },
	{ (size_t)1 << 20, "1 Mi", 41, (size_t)64 << 20, true },
	{ (size_t)16 << 20, "16 Mi", 15, 0, false },
};
#define ELEMENTS ((size_t)16 << 20)

/* ---- operands ------------------------------------------------------------------------------- */

static size_t n;
/* Each of ELEMENTS floats, or as many of what is smaller; `w` may have as many doubles. */
static float *x, *y, *z, *w;
static uint8_t *random_bytes, *text, *zeros;
static uint64_t counts[256];

static struct deed_arena arena = DEED_ARENA_EMPTY;

static float *make_floats(size_t count)
{
	float *const made = deed_arena_alloc(&arena, (count + 64) * sizeof *made);
	uint32_t state = 1;

	if (!made)
		bench_die("no memory", ENOMEM);
	for (size_t i = 0; i < count + 64; i++) {
		state = state * 1664525 + 1013904223;
		made[i] = (float)(state >> 8) * 0x1p-23f - 1; /* -1 to 1 */
	}
	return made;
}

/* What this is compiled from, over and over: English and C. */
static void fill_with_text(uint8_t *to, size_t count)
{
	const char *const path = getenv("BENCH_TEXT");
	FILE *const file = path ? fopen(path, "r") : NULL;
	const size_t got = file ? fread(to, 1, count, file) : 0;

	if (!got)
		bench_die("BENCH_TEXT is no text", 0);
	(void)fclose(file);
	for (size_t i = got; i < count; i++)
		to[i] = to[i - got];
}

static void make_operands(const struct deed_allocator *allocator)
{
	uint32_t state = 1;

	bench_must(deed_arena_open(&arena, &(struct deed_arena_options){ .allocator = allocator }),
		   "deed_arena_open");
	x = make_floats(ELEMENTS);
	y = make_floats(ELEMENTS);
	z = make_floats(ELEMENTS);
	w = make_floats(2 * ELEMENTS);
	random_bytes = (uint8_t *)make_floats(ELEMENTS / 4);
	text = (uint8_t *)make_floats(ELEMENTS / 4);
	zeros = (uint8_t *)make_floats(ELEMENTS / 4);
	for (size_t i = 0; i < ELEMENTS; i++) {
		state = state * 1664525 + 1013904223;
		random_bytes[i] = (uint8_t)(state >> 24);
	}
	fill_with_text(text, ELEMENTS);
	memset(zeros, 0, ELEMENTS);
}

/* ---- peers ---------------------------------------------------------------------------------- */

/* As their headers have them, which need not be here. */
static struct {
	void (*scopy)(int n, const float *x, int by_x, float *y, int by_y);
	void (*sscal)(int n, float a, float *x, int by);
	void (*saxpy)(int n, float a, const float *x, int by_x, float *y, int by_y);
	float (*sdot)(int n, const float *x, int by_x, const float *y, int by_y);
	float (*ssum)(int n, const float *x, int by);
	float (*snrm2)(int n, const float *x, int by);
	float (*smax)(const int *n, const float *x, const int *by);
	float (*smin)(const int *n, const float *x, const int *by);
	size_t (*ismax)(int n, const float *x, int by);
	size_t (*ismin)(int n, const float *x, int by);
	const char *(*config)(void);
} blas;

/* Variables of the library that hold functions: the first call puts the fastest there. */
static struct {
	void (**multiply)(float *y, const float *x, float a, unsigned n);
	void (**add)(float *z, const float *x, const float *y, unsigned n);
	void (**dot_prod)(float *ret, const float *x, const float *y, unsigned n);
	void (**accumulator)(float *ret, const float *x, unsigned n);
	void (**index_max)(uint32_t *ret, const float *x, uint32_t n);
	void (**index_min)(uint32_t *ret, const float *x, uint32_t n);
	void (**stddev_and_mean)(float *deviation, float *mean, const float *x, unsigned n);
	void (**interleave)(float *y, const float *x0, const float *x1, unsigned n);
	void (**deinterleave)(float *y0, float *y1, const float *x, unsigned n);
	void (**convert_16i)(int16_t *y, const float *x, float by, unsigned n);
	void (**convert_from_16i)(float *y, const int16_t *x, float by, unsigned n);
	void (**convert_64f)(double *y, const float *x, unsigned n);
	const char *(*version)(void), *(*machine)(void);
} volk;

static struct {
	void (*fill)(float *y, float a, size_t n);
	void (*copy)(float *y, const float *x, size_t n);
	void (*scale)(float *y, const float *x, float a, size_t n);
	void (*scale_by)(float *y, float a, size_t n);
	void (*add)(float *z, const float *x, const float *y, size_t n);
	void (*axpy)(float *y, float a, const float *x, size_t n);
	void (*clamp)(float *y, const float *x, float lo, float hi, size_t n);
	void (*prefix_sum)(float *y, const float *x, size_t n);
	void (*reverse)(float *y, const float *x, size_t n);
	float (*sum)(const float *x, size_t n);
	float (*dot)(const float *x, const float *y, size_t n);
	float (*min)(const float *x, size_t n);
	float (*max)(const float *x, size_t n);
	size_t (*argmin)(const float *x, size_t n);
	size_t (*argmax)(const float *x, size_t n);
	void (*mean_variance)(double *mean, double *variance, const float *x, size_t n);
	void (*interleave2)(float *y, const float *x0, const float *x1, size_t n);
	void (*deinterleave2)(float *y0, float *y1, const float *x, size_t n);
	void (*deinterleave3)(float *y0, float *y1, float *y2, const float *x, size_t n);
	void (*i16_from_f32)(int16_t *y, const float *x, size_t n);
	void (*f32_from_i16)(float *y, const int16_t *x, size_t n);
	void (*u8_from_f32)(uint8_t *y, const float *x, size_t n);
	void (*f64_from_f32)(double *y, const float *x, size_t n);
	void (*histogram)(uint64_t *counts, const uint8_t *x, size_t n);
	void (*read)(const float *x, size_t n);
	void (*write)(float *y, float a, size_t n);
	void (*both)(float *y, const float *x, float a, size_t n);
	void (*triad)(float *y, float a, const float *x, size_t n);
	float (*any_order_sum)(const float *x, size_t n);
	float (*any_order_dot)(const float *x, const float *y, size_t n);
} loops;

static void *first_library(const char *const *names, size_t count)
{
	void *library = NULL;

	for (size_t i = 0; i < count && !library; i++)
		library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	return library;
}

static void find(void *library, const char *name, void *ret, size_t size)
{
	void *const found = library ? dlsym(library, name) : NULL;

	memcpy(ret, &found, size);
}

#define FIND(library, name, function) find(library, name, &(function), sizeof(function))
#define FIND_LOOP(name)                                                                            \
	do {                                                                                       \
		FIND(library, "loop_" #name, loops.name);                                          \
		if (!loops.name)                                                                   \
			bench_die("kernel_loops.so lacks loop_" #name, 0);                         \
	} while (0)

static void find_blas(void)
{
	static const char *const names[] = { "libopenblas.so.0", "libopenblas.so" };
	void *library;

	(void)setenv("OPENBLAS_NUM_THREADS", "1", 1);
	library = first_library(names, 2);
	FIND(library, "cblas_scopy", blas.scopy);
	FIND(library, "cblas_sscal", blas.sscal);
	FIND(library, "cblas_saxpy", blas.saxpy);
	FIND(library, "cblas_sdot", blas.sdot);
	FIND(library, "cblas_ssum", blas.ssum);
	FIND(library, "cblas_snrm2", blas.snrm2);
	FIND(library, "smax_", blas.smax);
	FIND(library, "smin_", blas.smin);
	FIND(library, "cblas_ismax", blas.ismax);
	FIND(library, "cblas_ismin", blas.ismin);
	FIND(library, "openblas_get_config", blas.config);
	(void)printf("peer       %s\n",
		     blas.config ? blas.config() : "OpenBLAS: skipped, no libopenblas.so.0");
}

static void find_volk(void)
{
	static const char *const names[] = { "libvolk.so.3.2", "libvolk.so.3.1", "libvolk.so.3.0",
					     "libvolk.so.2.5", "libvolk.so" };
	void *const library = first_library(names, sizeof names / sizeof *names);

	FIND(library, "volk_32f_s32f_multiply_32f", volk.multiply);
	FIND(library, "volk_32f_x2_add_32f", volk.add);
	FIND(library, "volk_32f_x2_dot_prod_32f", volk.dot_prod);
	FIND(library, "volk_32f_accumulator_s32f", volk.accumulator);
	FIND(library, "volk_32f_index_max_32u", volk.index_max);
	FIND(library, "volk_32f_index_min_32u", volk.index_min);
	FIND(library, "volk_32f_stddev_and_mean_32f_x2", volk.stddev_and_mean);
	FIND(library, "volk_32f_x2_interleave_32fc", volk.interleave);
	FIND(library, "volk_32fc_deinterleave_32f_x2", volk.deinterleave);
	FIND(library, "volk_32f_s32f_convert_16i", volk.convert_16i);
	FIND(library, "volk_16i_s32f_convert_32f", volk.convert_from_16i);
	FIND(library, "volk_32f_convert_64f", volk.convert_64f);
	FIND(library, "volk_version", volk.version);
	FIND(library, "volk_get_machine", volk.machine);
	if (volk.version && volk.machine)
		(void)printf("peer       VOLK %s, not profiled, machine %s\n", volk.version(),
			     volk.machine());
	else
		(void)printf("peer       VOLK: skipped, no libvolk.so\n");
}

static void find_loops(void)
{
	void *const library = dlopen(bench_peer("kernel_loops.so"), RTLD_NOW | RTLD_LOCAL);

	FIND_LOOP(fill);
	FIND_LOOP(copy);
	FIND_LOOP(scale);
	FIND_LOOP(scale_by);
	FIND_LOOP(add);
	FIND_LOOP(axpy);
	FIND_LOOP(clamp);
	FIND_LOOP(prefix_sum);
	FIND_LOOP(reverse);
	FIND_LOOP(sum);
	FIND_LOOP(dot);
	FIND_LOOP(min);
	FIND_LOOP(max);
	FIND_LOOP(argmin);
	FIND_LOOP(argmax);
	FIND_LOOP(mean_variance);
	FIND_LOOP(interleave2);
	FIND_LOOP(deinterleave2);
	FIND_LOOP(deinterleave3);
	FIND_LOOP(i16_from_f32);
	FIND_LOOP(f32_from_i16);
	FIND_LOOP(u8_from_f32);
	FIND_LOOP(f64_from_f32);
	FIND_LOOP(histogram);
	FIND_LOOP(read);
	FIND_LOOP(write);
	FIND_LOOP(both);
	FIND_LOOP(triad);
	FIND_LOOP(any_order_sum);
	FIND_LOOP(any_order_dot);
}

/* ---- sides ---------------------------------------------------------------------------------- */

/* Whatever a call computes is used, and nothing is known of what it computes it from. */
#define SIDE(name, call)                                                                           \
	static void name(size_t passes)                                                            \
	{                                                                                          \
		while (passes--) {                                                                 \
			call;                                                                      \
			keep(NULL);                                                                \
		}                                                                                  \
	}

static volatile float number;
static volatile size_t place_found;
static float volk_numbers[2];
static double loop_numbers[2];
static uint32_t volk_index;
static const int one = 1;

/* In place, over and over: numbers that stay what they are, or grow slowly. */
#define A 1e-6f

SIDE(limit_read, loops.read(x, n))
SIDE(limit_read_two, (loops.read(x, n), loops.read(y, n)))
SIDE(limit_read_bytes, loops.read((const float *)(const void *)random_bytes, n / sizeof(float)))
SIDE(limit_write, loops.write(y, A, n))
SIDE(limit_both, loops.both(y, x, A, n))
SIDE(limit_in_place, loops.both(y, y, -1, n))
SIDE(limit_both_5, loops.both(y, x, A, n / 8 * 5))
SIDE(limit_both_6, loops.both(y, x, A, n / 8 * 6))
SIDE(limit_triad, loops.triad(y, A, x, n))

/* And deed_copy() is memcpy(). */
SIDE(deed_copies, deed_kernels->copy_f32(y, x, n))
SIDE(copy_memcpy, memcpy(y, x, n * sizeof *x))
SIDE(copy_blas, blas.scopy((int)n, x, 1, y, 1))
SIDE(copy_loop, loops.copy(y, x, n))

SIDE(deed_fills, deed_kernels->fill_f32(y, A, n))
SIDE(fill_memset, memset(y, 1, n * sizeof *y))
SIDE(fill_loop, loops.fill(y, A, n))

SIDE(deed_scale, deed_kernels->scale_f32(y, x, A, n))
SIDE(scale_volk, (*volk.multiply)(y, x, A, (unsigned)n))
SIDE(scale_loop, loops.scale(y, x, A, n))

SIDE(deed_scale_by, deed_kernels->scale_f32_by(y, -1, n))
SIDE(scale_by_blas, blas.sscal((int)n, -1, y, 1))
SIDE(scale_by_volk, (*volk.multiply)(y, y, -1, (unsigned)n))
SIDE(scale_by_loop, loops.scale_by(y, -1, n))

SIDE(deed_add, deed_kernels->add_f32(z, x, y, n))
SIDE(add_volk, (*volk.add)(z, x, y, (unsigned)n))
SIDE(add_loop, loops.add(z, x, y, n))

SIDE(deed_axpy, deed_kernels->axpy_f32(y, A, x, n))
SIDE(axpy_blas, blas.saxpy((int)n, A, x, 1, y, 1))
SIDE(axpy_loop, loops.axpy(y, A, x, n))

SIDE(deed_dot, number = deed_kernels->dot_f32(x, y, n))
SIDE(dot_blas, number = blas.sdot((int)n, x, 1, y, 1))
SIDE(dot_volk, (*volk.dot_prod)(volk_numbers, x, y, (unsigned)n))
SIDE(dot_loop, number = loops.dot(x, y, n))
SIDE(dot_any_order, number = loops.any_order_dot(x, y, n))

SIDE(deed_sum, number = deed_kernels->sum_f32(x, n))
SIDE(sum_blas, number = blas.ssum((int)n, x, 1))
SIDE(sum_volk, (*volk.accumulator)(volk_numbers, x, (unsigned)n))
SIDE(sum_loop, number = loops.sum(x, n))
SIDE(sum_any_order, number = loops.any_order_sum(x, n))

SIDE(deed_norm2, number = deed_kernels->norm2_f32(x, n))
SIDE(norm2_blas, number = blas.snrm2((int)n, x, 1))

SIDE(deed_mean_variance, number = (float)deed_kernels->mean_variance_f32(x, n).variance)
SIDE(mean_variance_volk,
     (*volk.stddev_and_mean)(&volk_numbers[0], &volk_numbers[1], x, (unsigned)n))
SIDE(mean_variance_loop, loops.mean_variance(&loop_numbers[0], &loop_numbers[1], x, n))

SIDE(deed_min, number = deed_kernels->min_f32(x, n))
SIDE(min_blas, number = blas.smin(&(const int){ (int)n }, x, &one))
SIDE(min_loop, number = loops.min(x, n))

SIDE(deed_max, number = deed_kernels->max_f32(x, n))
SIDE(max_blas, number = blas.smax(&(const int){ (int)n }, x, &one))
SIDE(max_loop, number = loops.max(x, n))

SIDE(deed_argmin, place_found = deed_kernels->argmin_f32(x, n))
SIDE(argmin_blas, place_found = blas.ismin((int)n, x, 1))
SIDE(argmin_volk, (*volk.index_min)(&volk_index, x, (uint32_t)n))
SIDE(argmin_loop, place_found = loops.argmin(x, n))

SIDE(deed_argmax, place_found = deed_kernels->argmax_f32(x, n))
SIDE(argmax_blas, place_found = blas.ismax((int)n, x, 1))
SIDE(argmax_volk, (*volk.index_max)(&volk_index, x, (uint32_t)n))
SIDE(argmax_loop, place_found = loops.argmax(x, n))

SIDE(deed_clamp, deed_kernels->clamp_f32(y, x, -0.5f, 0.5f, n))
SIDE(clamp_loop, loops.clamp(y, x, -0.5f, 0.5f, n))

SIDE(deed_prefix_sum, deed_kernels->prefix_sum_f32(y, x, n))
SIDE(prefix_sum_loop, loops.prefix_sum(y, x, n))

SIDE(deed_reverse, deed_kernels->reverse_f32(y, x, n))
SIDE(reverse_loop, loops.reverse(y, x, n))

/* Rows of two; of three, one element of four is left out. */
SIDE(deed_interleave2, deed_kernels->interleave2_f32(w, x, y, n / 2))
SIDE(interleave2_volk, (*volk.interleave)(w, x, y, (unsigned)n / 2))
SIDE(interleave2_loop, loops.interleave2(w, x, y, n / 2))

SIDE(deed_deinterleave2, deed_kernels->deinterleave2_f32(y, z, w, n / 2))
SIDE(deinterleave2_volk, (*volk.deinterleave)(y, z, w, (unsigned)n / 2))
SIDE(deinterleave2_loop, loops.deinterleave2(y, z, w, n / 2))

SIDE(deed_deinterleave3, deed_kernels->deinterleave3_f32(x, y, z, w, n / 4))
SIDE(deinterleave3_loop, loops.deinterleave3(x, y, z, w, n / 4))

#define AS_I16(floats) ((int16_t *)(void *)(floats))
SIDE(deed_i16_from_f32, deed_kernels->i16_from_f32(AS_I16(w), x, n))
SIDE(i16_from_f32_volk, (*volk.convert_16i)(AS_I16(w), x, 1, (unsigned)n))
SIDE(i16_from_f32_loop, loops.i16_from_f32(AS_I16(w), x, n))

SIDE(deed_f32_from_i16, deed_kernels->f32_from_i16(z, AS_I16(w), n))
SIDE(f32_from_i16_volk, (*volk.convert_from_16i)(z, AS_I16(w), 1, (unsigned)n))
SIDE(f32_from_i16_loop, loops.f32_from_i16(z, AS_I16(w), n))

SIDE(deed_u8_from_f32, deed_kernels->u8_from_f32((uint8_t *)w, x, n))
SIDE(u8_from_f32_loop, loops.u8_from_f32((uint8_t *)w, x, n))

#define AS_F64(floats) ((double *)(void *)(floats))
SIDE(deed_f64_from_f32, deed_kernels->f64_from_f32(AS_F64(w), x, n))
SIDE(f64_from_f32_volk, (*volk.convert_64f)(AS_F64(w), x, (unsigned)n))
SIDE(f64_from_f32_loop, loops.f64_from_f32(AS_F64(w), x, n))

SIDE(deed_histogram_random, deed_kernels->histogram_u8(counts, random_bytes, n))
SIDE(histogram_random_loop, loops.histogram(counts, random_bytes, n))
SIDE(deed_histogram_text, deed_kernels->histogram_u8(counts, text, n))
SIDE(histogram_text_loop, loops.histogram(counts, text, n))
SIDE(deed_histogram_zeros, deed_kernels->histogram_u8(counts, zeros, n))
SIDE(histogram_zeros_loop, loops.histogram(counts, zeros, n))

/* ---- the list ------------------------------------------------------------------------------- */

enum peer_kind { NOBODY, LIBRARY, PLAIN, ANY_ORDER };
enum { MAX_PEERS = 5, MAX_SIDES = MAX_PEERS + 2 };

struct peer {
	void (*run)(size_t passes);
	const char *name;
	enum peer_kind kind;
	const void *found; /* a pointer that is null where the peer is not here */
};

#define BLAS(side, function)                                                                       \
	{                                                                                          \
		side, "OpenBLAS", LIBRARY, &blas.function                                          \
	}
#define VOLK(side, function)                                                                       \
	{                                                                                          \
		side, "VOLK", LIBRARY, &volk.function                                              \
	}
#define LOOP(side)                                                                                 \
	{                                                                                          \
		side, "loop", PLAIN, &loops.read                                                   \
	}
#define FREE(side)                                                                                 \
	{                                                                                          \
		side, "any order", ANY_ORDER, &loops.read                                          \
	}

/* What must be reached: nothing; 0.95 of the best peer; 1.5 of the best library in a cache, and
 * 0.95 of the limit from memory; twice the loop. */
enum rule { TOLD, AS_THE_BEST, AS_READ, AS_TWICE };

static const struct kernel {
	const char *name;
	void (*run)(size_t passes);
	double bytes;		      /* that it reads and writes for each element */
	void (*limit)(size_t passes); /* moves as many */
	enum rule rule;
	struct peer peers[MAX_PEERS];
} kernels[] = {
	{ "dot",
	  deed_dot,
	  8,
	  limit_read_two,
	  AS_THE_BEST,
	  { BLAS(dot_blas, sdot), VOLK(dot_volk, dot_prod), LOOP(dot_loop), FREE(dot_any_order) } },
	{ "axpy",
	  deed_axpy,
	  12,
	  limit_triad,
	  AS_THE_BEST,
	  { BLAS(axpy_blas, saxpy), LOOP(axpy_loop) } },
	{ "scale",
	  deed_scale,
	  8,
	  limit_both,
	  AS_THE_BEST,
	  { VOLK(scale_volk, multiply), LOOP(scale_loop) } },
	{ "scale_by",
	  deed_scale_by,
	  8,
	  limit_in_place,
	  AS_THE_BEST,
	  { BLAS(scale_by_blas, sscal), VOLK(scale_by_volk, multiply), LOOP(scale_by_loop) } },
	{ "copy",
	  deed_copies,
	  8,
	  limit_both,
	  AS_THE_BEST,
	  { { copy_memcpy, "memcpy", PLAIN, &loops.read },
	    BLAS(copy_blas, scopy),
	    LOOP(copy_loop) } },
	{ "sum",
	  deed_sum,
	  4,
	  limit_read,
	  AS_READ,
	  { BLAS(sum_blas, ssum), VOLK(sum_volk, accumulator), LOOP(sum_loop),
	    FREE(sum_any_order) } },
	{ "min", deed_min, 4, limit_read, AS_READ, { BLAS(min_blas, smin), LOOP(min_loop) } },
	{ "max", deed_max, 4, limit_read, AS_READ, { BLAS(max_blas, smax), LOOP(max_loop) } },
	{ "argmin",
	  deed_argmin,
	  4,
	  limit_read,
	  AS_READ,
	  { BLAS(argmin_blas, ismin), VOLK(argmin_volk, index_min), LOOP(argmin_loop) } },
	{ "argmax",
	  deed_argmax,
	  4,
	  limit_read,
	  AS_READ,
	  { BLAS(argmax_blas, ismax), VOLK(argmax_volk, index_max), LOOP(argmax_loop) } },
	{ "histogram, random",
	  deed_histogram_random,
	  1,
	  limit_read_bytes,
	  AS_TWICE,
	  { LOOP(histogram_random_loop) } },
	{ "histogram, text",
	  deed_histogram_text,
	  1,
	  limit_read_bytes,
	  AS_TWICE,
	  { LOOP(histogram_text_loop) } },
	{ "histogram, zeros",
	  deed_histogram_zeros,
	  1,
	  limit_read_bytes,
	  AS_TWICE,
	  { LOOP(histogram_zeros_loop) } },
	{ "fill",
	  deed_fills,
	  4,
	  limit_write,
	  TOLD,
	  { { fill_memset, "memset", PLAIN, &loops.read }, LOOP(fill_loop) } },
	{ "add", deed_add, 12, limit_triad, TOLD, { VOLK(add_volk, add), LOOP(add_loop) } },
	{ "norm2", deed_norm2, 4, limit_read, TOLD, { BLAS(norm2_blas, snrm2) } },
	{ "mean_variance",
	  deed_mean_variance,
	  4,
	  limit_read,
	  TOLD,
	  { VOLK(mean_variance_volk, stddev_and_mean), LOOP(mean_variance_loop) } },
	{ "clamp", deed_clamp, 8, limit_both, TOLD, { LOOP(clamp_loop) } },
	{ "prefix_sum", deed_prefix_sum, 8, limit_both, TOLD, { LOOP(prefix_sum_loop) } },
	{ "reverse", deed_reverse, 8, limit_both, TOLD, { LOOP(reverse_loop) } },
	{ "interleave2",
	  deed_interleave2,
	  8,
	  limit_both,
	  TOLD,
	  { VOLK(interleave2_volk, interleave), LOOP(interleave2_loop) } },
	{ "deinterleave2",
	  deed_deinterleave2,
	  8,
	  limit_both,
	  TOLD,
	  { VOLK(deinterleave2_volk, deinterleave), LOOP(deinterleave2_loop) } },
	{ "deinterleave3",
	  deed_deinterleave3,
	  6,
	  limit_both_6,
	  TOLD,
	  { LOOP(deinterleave3_loop) } },
	{ "i16_from_f32",
	  deed_i16_from_f32,
	  6,
	  limit_both_6,
	  TOLD,
	  { VOLK(i16_from_f32_volk, convert_16i), LOOP(i16_from_f32_loop) } },
	{ "f32_from_i16",
	  deed_f32_from_i16,
	  6,
	  limit_both_6,
	  TOLD,
	  { VOLK(f32_from_i16_volk, convert_from_16i), LOOP(f32_from_i16_loop) } },
	{ "u8_from_f32", deed_u8_from_f32, 5, limit_both_5, TOLD, { LOOP(u8_from_f32_loop) } },
	{ "f64_from_f32",
	  deed_f64_from_f32,
	  12,
	  limit_triad,
	  TOLD,
	  { VOLK(f64_from_f32_volk, convert_64f), LOOP(f64_from_f32_loop) } },
};

/* ---- rows ----------------------------------------------------------------------------------- */

struct turn {
	void (*run)(size_t passes);
	const char *name;
	enum peer_kind kind;
	double bytes; /* of a pass */
	size_t passes;
};

static double turn(void *context)
{
	const struct turn *const turn = context;
	double start_ns;

	turn->run(1); /* what the side before it left in the caches is not its own */
	start_ns = bench_now_ns();
	turn->run(turn->passes);
	return (bench_now_ns() - start_ns) / (turn->bytes * (double)turn->passes);
}

static double speed(const struct bench_side *side)
{
	return 1 / bench_time(side).median; /* bytes per nanosecond are GB/s */
}

/* The fastest of the peers of a kind, or of all that must keep their order; NULL if there is none.
 */
static const struct bench_side *best(const struct bench_side *sides, size_t count, bool of_all)
{
	const struct bench_side *found = NULL;

	for (size_t i = 1; i < count; i++) {
		const struct turn *const turn = sides[i].context;

		if ((turn->kind == LIBRARY || (of_all && turn->kind == PLAIN)) &&
		    (!found || speed(&sides[i]) > speed(found)))
			found = &sides[i];
	}
	return found;
}

static void tell(const struct kernel *kernel, const struct place *place, const char *aligned,
		 const struct bench_side *sides, size_t count)
{
	const bool is_read = kernel->rule == AS_READ;
	const bool is_limit = is_read && !place->is_cached;
	const struct bench_side *const limit = &sides[count - 1];
	const struct bench_side *const peer = is_limit ? limit : best(sides, count - 1, !is_read);
	char name[80], bound[80];
	struct bench_row row = { .name = name, .unit = "x", .at_least = true };

	for (size_t i = 0; i < count; i++) {
		const size_t len = strlen(row.beside);

		(void)snprintf(row.beside + len, sizeof row.beside - len, "%s%s %.1f",
			       i ? ", " : "GB/s: ", ((const struct turn *)sides[i].context)->name,
			       speed(&sides[i]));
	}
	if (!peer) {
		(void)printf("%s, %s%s: no library to compare it with\n      beside: %s\n",
			     kernel->name, place->name, aligned, row.beside);
		return;
	}
	(void)snprintf(name, sizeof name, "%s, %s%s: deed / %s", kernel->name, place->name, aligned,
		       ((const struct turn *)peer->context)->name);
	row.figure = bench_ratio(peer, &sides[0]);
	row.target = kernel->rule == TOLD	   ? 0
		     : kernel->rule == AS_TWICE	   ? 2
		     : is_read && place->is_cached ? 1.5
						   : 0.95;
	if (kernel->rule == AS_TWICE) {
		row.bound = "the stores: each byte is one, in the loop, too";
	} else if (is_read && place->is_cached) {
		(void)snprintf(bound, sizeof bound, "the loads: to do nothing but read is %.2f x",
			       bench_ratio(peer, limit).median);
		row.bound = bound;
	}
	bench_row(&row);
}

/* What a variant would win whose additions may come in any order. */
static void tell_any_order(const struct kernel *kernel, const struct place *place,
			   const struct bench_side *sides, size_t count)
{
	char name[80];
	struct bench_row row = { .name = name, .unit = "x" };

	for (size_t i = 1; i < count; i++)
		if (((const struct turn *)sides[i].context)->kind == ANY_ORDER) {
			(void)snprintf(name, sizeof name, "%s, %s: any order / deed", kernel->name,
				       place->name);
			row.figure = bench_ratio(&sides[0], &sides[i]);
			bench_row(&row);
		}
}

static void measure(const struct kernel *kernel, const struct place *place, const char *aligned)
{
	static struct bench_side sides[MAX_SIDES];
	static struct turn turns[MAX_SIDES];
	const double elements = (double)place->elements;
	size_t count = 0;

	turns[count++] = (struct turn){ .run = kernel->run, .name = "deed" };
	for (size_t i = 0; i < MAX_PEERS && kernel->peers[i].kind; i++) {
		const struct peer *const peer = &kernel->peers[i];
		void *found;

		memcpy(&found, peer->found, sizeof found);
		if (found)
			turns[count++] = (struct turn){ peer->run, peer->name, peer->kind, 0, 0 };
	}
	turns[count++] = (struct turn){ .run = kernel->limit, .name = "limit" };
	for (size_t i = 0; i < count; i++) {
		turns[i].bytes = elements * kernel->bytes;
		turns[i].passes = 1 + place->turn_bytes / (size_t)turns[i].bytes;
		sides[i] = (struct bench_side){ .run = turn, .context = &turns[i] };
	}
	bench_progress(kernel->name);
	bench_take_turns(sides, count, place->rounds);
	tell(kernel, place, aligned, sides, count);
	if (!*aligned)
		tell_any_order(kernel, place, sides, count);
}

static bool is_wanted(const struct kernel *kernel, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strncmp(kernel->name, argv[i], strlen(argv[i])) == 0)
			return true;
	return argc == 1;
}

/* Each to another multiple of 16 bytes. */
static void misalign(void)
{
	x += 4;
	y += 12;
	z += 8;
	w += 4;
	random_bytes += 16;
	text += 16;
	zeros += 16;
}

static void measure_all(int argc, char **argv, bool is_misaligned)
{
	for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++)
		for (size_t p = 0; p < sizeof places / sizeof *places; p++) {
			if (!is_wanted(&kernels[k], argc, argv) ||
			    (is_misaligned && kernels[k].rule == TOLD))
				continue;
			n = places[p].elements;
			measure(&kernels[k], &places[p], is_misaligned ? " at 16" : "");
		}
}

int main(int argc, char **argv)
{
	find_blas();
	find_volk();
	find_loops();
	(void)printf("rung       %s\n\n", deed_isa_name());
	make_operands(deed_huge_pages());
	measure_all(argc, argv, false);
	deed_arena_close(&arena);
	make_operands(deed_heap());
	misalign();
	measure_all(argc, argv, true);
	deed_arena_close(&arena);
	return EXIT_SUCCESS;
}
