/* SPDX-License-Identifier: MIT
 *
 * tests/test_kernels_fold.c - the kernels that make one result of many elements, and prefix
 * sums: the order of their additions, their error, and what they make of nothing, NaN,
 * infinities and zeros.
 *
 * On two rungs: the definition, and the highest of this machine.
 */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "deed/simd.h"
#include "kernels/rungs.h"

TestSuite(kernels_fold, .timeout = 120);

#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))
#define EACH_RUNG(k)                                                                               \
	for (const struct deed_kernels *const rungs[] = { &deed_kernels_scalar, deed_kernels },    \
					      *const *rung = rungs, *k;                            \
	     rung < rungs + 2 && (k = *rung); rung++)

/* Ends of rows, of eight and of 32 rows, of blocks; and several blocks. */
static const size_t counts[] = { 1,	2,     3,     5,     7,	    8,	   9,	  15,
				 16,	17,    31,    33,    127,   128,   129,	  200,
				 255,	257,   511,   513,   1000,  2047,  2048,  8191,
				 8192,	8193,  16383, 16384, 16385, 20000, 24576, 32768,
				 32769, 49152, 50000, 65536, 70001, 90001 };
#define MOST_COUNT 90001

/* What exact means are computed in. */
#ifdef __SIZEOF_FLOAT128__
typedef __float128 wide;
#else
typedef long double wide;
#endif

static uint64_t chance = 1;

static double between_0_and_1(void)
{
	chance = chance * 6364136223846793005 + 1442695040888963407;
	return (double)(chance >> 11) * 0x1p-53;
}

/* ---- the order of the additions, in the words of the law ------------------------------------ */

/* A the type of the sums, LANES of which are a row; `left` the largest power of two below n. */
#define DEFINE_TREE(name, A, LANES)                                                                \
	static void name##_rows(const A *terms, size_t n, A *sum)                                  \
	{                                                                                          \
		size_t left = 1;                                                                   \
		A other[LANES];                                                                    \
                                                                                                   \
		memcpy(sum, terms, sizeof(other));                                                 \
		if (n == 1)                                                                        \
			return;                                                                    \
		while (2 * left < n)                                                               \
			left *= 2;                                                                 \
		name##_rows(terms, left, sum);                                                     \
		name##_rows(terms + left * LANES, n - left, other);                                \
		for (int l = 0; l < LANES; l++)                                                    \
			sum[l] += other[l];                                                        \
	}                                                                                          \
                                                                                                   \
	/* Of at most a block; the array goes on with zeros to the end of the row. */              \
	static A name##_block(const A *terms, size_t count)                                        \
	{                                                                                          \
		A row[LANES] = { 0 };                                                              \
                                                                                                   \
		if (count > 0)                                                                     \
			name##_rows(terms, (count + LANES - 1) / LANES, row);                      \
		for (int half = LANES / 2; half > 0; half /= 2)                                    \
			for (int l = 0; l < half; l++)                                             \
				row[l] += row[l + half];                                           \
		return row[0];                                                                     \
	}

#define DEFINE_SUM(name, A, LANES)                                                                 \
	static A name##_sum(const A *terms, size_t count)                                          \
	{                                                                                          \
		const size_t n = (count + 1024 * LANES - 1) / (1024 * LANES);                      \
		size_t left = 1;                                                                   \
                                                                                                   \
		if (n <= 1)                                                                        \
			return name##_block(terms, count);                                         \
		while (2 * left < n)                                                               \
			left *= 2;                                                                 \
		left *= 1024 * LANES;                                                              \
		return name##_sum(terms, left) + name##_sum(terms + left, count - left);           \
	}

DEFINE_TREE(f32, float, 16)
DEFINE_SUM(f32, float, 16)
DEFINE_TREE(f64, double, 8)
DEFINE_SUM(f64, double, 8)
DEFINE_TREE(wide_f32, double, 16)
#define wide_f64_block f64_block

static size_t looks; /* how many blocks were looked at once more */

struct part {
	double count, mean, missed, squares; /* the mean is mean + missed */
};

#define DEFINE_PART(T, t, LANES)                                                                   \
	static struct part part_##t(const T *x, size_t count)                                      \
	{                                                                                          \
		static double terms[1024 * LANES];                                                 \
		const size_t blocks = (count + 1024 * LANES - 1) / (1024 * LANES);                 \
		const double n = (double)count;                                                    \
		size_t left = 1;                                                                   \
                                                                                                   \
		if (blocks > 1) {                                                                  \
			while (2 * left < blocks)                                                  \
				left *= 2;                                                         \
			left *= 1024 * LANES;                                                      \
                                                                                                   \
			const struct part a = part_##t(x, left);                                   \
			const struct part b = part_##t(x + left, count - left);                    \
			const double apart = (b.mean - a.mean) + (b.missed - a.missed);            \
			const double step = apart * (b.count / n), mean = a.mean + step;           \
			const double added = mean - a.mean;                                        \
			const double lost = (a.mean - (mean - added)) + (step - added);            \
                                                                                                   \
			return (struct part){ n, mean, a.missed + lost,                            \
					      a.squares + b.squares +                              \
						      apart * apart * (a.count * (b.count / n)) }; \
		}                                                                                  \
		double m = count < 8 ? (double)x[0] : 0;                                           \
		double missed = 0, squares = 0;                                                    \
                                                                                                   \
		memset(terms, 0, sizeof(terms));                                                   \
		if (count >= 8) {                                                                  \
			for (size_t i = 0; i < 8; i++)                                             \
				terms[i] = (double)x[i] + (double)x[count - 8 + i];                \
			m = (((terms[0] + terms[4]) + (terms[2] + terms[6])) +                     \
			     ((terms[1] + terms[5]) + (terms[3] + terms[7]))) /                    \
			    16;                                                                    \
		}                                                                                  \
		for (int look = 0; look < 2; look++) {                                             \
			for (size_t i = 0; i < count; i++)                                         \
				terms[i] = (double)x[i] - m;                                       \
			missed = wide_##t##_block(terms, count);                                   \
			for (size_t i = 0; i < count; i++)                                         \
				terms[i] *= terms[i];                                              \
			squares = wide_##t##_block(terms, count);                                  \
			if (look > 0 ||                                                            \
			    (missed * missed / n <= squares / 3 && squares <= DBL_MAX))            \
				break;                                                             \
			m += missed / n;                                                           \
			looks++;                                                                   \
		}                                                                                  \
		squares -= missed * missed / n;                                                    \
		return (struct part){ n, m, missed / n, squares < 0 ? 0 : squares };               \
	}

DEFINE_PART(float, f32, 16)
DEFINE_PART(double, f64, 8)

/* ---- one promise per test, for both types ---------------------------------------------------- */

#define SAME(a, b)                                                                                 \
	(memcmp(&(__typeof__(a)){ a }, &(__typeof__(a)){ b }, sizeof(a)) == 0 ||                   \
	 ((a) != (a) && (b) != (b)))
#define expect_same(a, b)                                                                          \
	do {                                                                                       \
		const __typeof__(a) is = (a), shall = (b);                                         \
                                                                                                   \
		cr_expect(SAME(is, shall), #a ": %a, not %a", (double)is, (double)shall);          \
	} while (0)

/* Whatever is said of both types, once: T the type, t its name, U half of what 1 is short of the
 * next number, and its range.
 */
#define T float
#define t f32
#define LANES 16
#define U 0x1p-24
#define BIGGEST FLT_MAX
#define SMALLEST FLT_TRUE_MIN
#define NORMAL FLT_MIN
#define ROOT sqrtf
#include "kernels_fold.h"
#undef T
#undef t
#undef LANES
#undef U
#undef BIGGEST
#undef SMALLEST
#undef NORMAL
#undef ROOT

#define T double
#define t f64
#define LANES 8
#define U 0x1p-53
#define BIGGEST DBL_MAX
#define SMALLEST DBL_TRUE_MIN
#define NORMAL DBL_MIN
#define ROOT sqrt
#include "kernels_fold.h"

Test(kernels_fold, moments_of_f64_overflow_where_they_may)
{
	static double x[50000];

	EACH_RUNG(k)
	{
		for (size_t count = 2; count <= 50000; count *= 5) {
			const double most = 1.3e154 / sqrt((double)count);

			for (size_t i = 0; i < count; i++)
				x[i] = i % 2 ? most : -most;

			const double odd = (double)(count % 2) / (double)count;
			const double variance = most * most * (1 - odd * odd);

			cr_expect(fabs(k->mean_variance_f64(x, count).variance - variance) <=
					  1e-13 * variance,
				  "%zu", count);
			for (size_t i = 0; i < count; i++)
				x[i] = between_0_and_1() < 0.9 ? 1e304 : -1e304;
			cr_expect(isfinite(k->mean_variance_f64(x, count).mean), "%zu", count);
		}
	}
}

/* ---- integers -------------------------------------------------------------------------------- */

Test(kernels_fold, sums_of_i32_are_exact_in_64_bits)
{
	enum { COUNT = 5001 };
	static int32_t x[COUNT];

	EACH_RUNG(k)
	{
		cr_expect(k->sum_i32(x, 0) == 0);
		for (size_t n = 0; n < COUNT; n++)
			x[n] = INT32_MIN;
		for (size_t n = 0; n < 200; n++)
			cr_expect(k->sum_i32(x + n % 7, n) == (int64_t)n * INT32_MIN, "%zu", n);
		cr_expect(k->sum_i32(x, COUNT) == (int64_t)COUNT * INT32_MIN);
		for (size_t n = 0; n < COUNT; n++)
			x[n] = n % 2 ? INT32_MAX : (int32_t)n;

		int64_t sum = 0;

		for (size_t n = 0; n < COUNT; n++) {
			if (n < 300 || n == COUNT - 1)
				cr_expect(k->sum_i32(x, n) == sum, "%zu", n);
			sum += x[n];
		}
	}
}

Test(kernels_fold, sums_of_i64_are_modulo_2_to_the_64)
{
	enum { COUNT = 300 };
	static int64_t x[COUNT];

	EACH_RUNG(k)
	{
		uint64_t sum = 0;

		for (size_t n = 0; n < COUNT; n++)
			x[n] = n % 3 ? INT64_MAX - (int64_t)n : INT64_MIN + (int64_t)(n * n);
		for (size_t n = 0; n < COUNT; n++) {
			cr_expect(k->sum_i64(x, n) == (int64_t)sum, "%zu", n);
			sum += (uint64_t)x[n];
		}
	}
}

#define CHECK_EXTREMES_OF_INTEGERS(T, t, LOWEST, HIGHEST)                                          \
	static T x[COUNT];                                                                         \
                                                                                                   \
	cr_expect(k->min_##t(x, 0) == HIGHEST);                                                    \
	cr_expect(k->max_##t(x, 0) == LOWEST);                                                     \
	for (size_t count = 1; count < COUNT; count++) {                                           \
		const size_t low = (size_t)(between_0_and_1() * (double)count);                    \
		const size_t high = (size_t)(between_0_and_1() * (double)count);                   \
                                                                                                   \
		for (size_t i = 0; i < count; i++)                                                 \
			x[i] = (T)(between_0_and_1() * 100) - 50;                                  \
		x[low] = LOWEST + (T)(count % 2);                                                  \
		cr_expect(k->min_##t(x, count) == x[low], "%zu", count);                           \
		x[high] = HIGHEST - (T)(count % 3);                                                \
		cr_expect(k->max_##t(x, count) == x[high], "%zu", count);                          \
	}

Test(kernels_fold, extremes_of_integers)
{
	enum { COUNT = 700 };

	EACH_RUNG(k)
	{
		{ CHECK_EXTREMES_OF_INTEGERS(int32_t, i32, INT32_MIN, INT32_MAX) } {
			CHECK_EXTREMES_OF_INTEGERS(int64_t, i64, INT64_MIN, INT64_MAX)
		}
	}
}
