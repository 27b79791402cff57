/* SPDX-License-Identifier: MIT
 *
 * tests/test_kernels_map.c - the kernels that make each element of one or a few others: of every
 * short length, at every misalignment, with all that is odd among the numbers, what they make is
 * what a line of C makes, and what lies around it stays.
 *
 * This is about the rung in use: that all rungs agree is proved in tests/kernels/.
 */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "deed/simd.h"

TestSuite(kernels_map, .timeout = 120);

/* ---- operands ------------------------------------------------------------------------------- */

enum { GUARD = 64, OPERANDS = 5, OPERAND_BYTES = 256 * 8 + 64 };

static _Alignas(64) unsigned char memory[OPERANDS][GUARD + OPERAND_BYTES + GUARD];
static size_t first_byte[OPERANDS], end_byte[OPERANDS];

/* Operand `which`: `size` bytes, `offset` bytes after a multiple of 64, among guard bytes. */
static void *operand(size_t which, size_t offset, size_t size)
{
	cr_assert(offset + size <= OPERAND_BYTES);
	memset(memory[which], 0xa5, sizeof(memory[which]));
	first_byte[which] = GUARD + offset;
	end_byte[which] = GUARD + offset + size;
	return memory[which] + first_byte[which];
}

static bool only_written_inside(size_t which)
{
	for (size_t i = 0; i < sizeof(memory[which]); i++)
		if (memory[which][i] != 0xa5 && (i < first_byte[which] || i >= end_byte[which]))
			return false;
	return true;
}

static uint64_t state = 1;

static uint64_t random_u64(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Every other one is odd: out of some range, at its end, between two numbers, or no number. */
static double random_f64(void)
{
	static const double odd[] = {
		0.0,	    -0.0,	 INFINITY,     -INFINITY,    NAN,	    -NAN,
		0.5,	    -0.5,	 1.5,	       2.5,	     -1.5,	    -2.5,
		254.5,	    255.0,	 255.4,	       255.5,	     256.0,	    -1.0,
		32766.5,    32767.0,	 32767.5,      32768.0,	     -32767.5,	    -32768.0,
		-32768.5,   -32769.0,	 0x1p22,       0x1p22 + 0.5, 0x1p23 - 0.5,  0x1p23 + 1,
		0x1p24 + 2, 0x1p31,	 0x1p31 - 128, -0x1p31,	     -0x1p31 - 256, 1e10,
		FLT_MIN,    FLT_MIN / 2, -FLT_MIN / 4, 0x1p-149,     -0x1p-149,	    0x1p-150,
		FLT_MAX,    -FLT_MAX,	 DBL_MIN,      DBL_MIN / 2,  0x1p-1074,	    DBL_MAX,
		-DBL_MAX,   1.0,	 -1.0,	       0x1.000001p0, 0x1.000003p0,  0x1.ffffffp127,
	};
	const uint64_t bits = random_u64();
	const size_t which = (size_t)(bits >> 32) % (2 * sizeof(odd) / sizeof(*odd));

	if (which < sizeof(odd) / sizeof(*odd))
		return odd[which];
	return ((double)(bits & 0xffffff) / 0x1p20 - 8) * ((bits >> 24 & 1) != 0 ? 1 : 4096);
}

static float random_f32(void)
{
	return (float)random_f64();
}

static uint8_t random_u8(void)
{
	return (uint8_t)random_u64();
}

static int16_t random_i16(void)
{
	return (int16_t)random_u64();
}

static int32_t random_i32(void)
{
	static const int32_t odd[] = { 0, -1, INT32_MAX, INT32_MIN, 0x1000001, 0x1000003 };
	const uint64_t bits = random_u64();

	return bits >> 62 ? (int32_t)bits : odd[bits % (sizeof(odd) / sizeof(*odd))];
}

/* The same bits; of NaN there is one. */
#define SAME(a, b) ((a) != (a) ? (b) != (b) : memcmp(&(a), &(b), sizeof(a)) == 0)

/* Of a T as many as fill four of the widest vectors and one, and each place in such a vector. */
#define EACH_COUNT_AND_PLACE(T)                                                                    \
	for (size_t count = 0; count <= 4 * 64 / sizeof(T) + 1; count++)                           \
		for (size_t place = 0; place < 64 / sizeof(T); place++)

/* Input `which`, somewhere else than the output. */
#define INPUT(T, t, name, which, len)                                                              \
	T *const name =                                                                            \
		operand(which, (place * 5 + 3 * (which)) * sizeof(T) % 64, (len) * sizeof(T));     \
	for (size_t i = 0; i < (len); i++)                                                         \
	name[i] = random_##t()

/* ---- one element of one or a few ------------------------------------------------------------ */

/* `call` makes y of x0, x1, x2, a, b, and of `was`, which is what y was before; wanted is `want`.
 */
#define MAKES(name, T, t, S, s, call, want)                                                        \
	Test(kernels_map, name)                                                                    \
	{                                                                                          \
		EACH_COUNT_AND_PLACE(T)                                                            \
		{                                                                                  \
			T was[4 * 64 / sizeof(T) + 1];                                             \
			T *const y = operand(0, place * sizeof(T), count * sizeof(T));             \
			INPUT(S, s, x0, 1, count);                                                 \
			INPUT(S, s, x1, 2, count);                                                 \
			INPUT(S, s, x2, 3, count);                                                 \
			const S a = random_##s(), b = random_##s();                                \
                                                                                                   \
			for (size_t i = 0; i < count; i++)                                         \
				was[i] = y[i] = random_##t();                                      \
			(void)was, (void)x0, (void)x1, (void)x2, (void)a, (void)b;                 \
			deed_kernels->call;                                                        \
			for (size_t i = 0; i < count; i++) {                                       \
				const T wanted = (want);                                           \
                                                                                                   \
				cr_assert(SAME(y[i], wanted), "%g, not %g: %zu of %zu at %zu",     \
					  (double)y[i], (double)wanted, i, count, place);          \
			}                                                                          \
			for (size_t which = 0; which < 4; which++)                                 \
				cr_assert(only_written_inside(which), "%zu: %zu at %zu", which,    \
					  count, place);                                           \
		}                                                                                  \
	}

/* Rounded by itself, whatever the compiler may fuse. */
static float times_f32(float x, float y)
{
	volatile float product = x * y;

	return product;
}

static double times_f64(double x, double y)
{
	volatile double product = x * y;

	return product;
}

#define fuse_f32 fmaf
#define fuse_f64 fma
#define CLAMPED(x) ((x) < a ? a : (x) > b ? b : (x))

#define MAPS(T, t)                                                                                 \
	MAKES(fill_##t, T, t, T, t, fill_##t(y, a, count), a)                                      \
	MAKES(copy_##t, T, t, T, t, copy_##t(y, x0, count), x0[i])                                 \
	MAKES(scale_##t, T, t, T, t, scale_##t(y, x0, a, count), x0[i] * a)                        \
	MAKES(scale_##t##_by, T, t, T, t, scale_##t##_by(y, a, count), was[i] * a)                 \
	MAKES(offset_##t, T, t, T, t, offset_##t(y, x0, a, count), x0[i] + a)                      \
	MAKES(offset_##t##_by, T, t, T, t, offset_##t##_by(y, a, count), was[i] + a)               \
	MAKES(add_##t, T, t, T, t, add_##t(y, x0, x1, count), x0[i] + x1[i])                       \
	MAKES(add_##t##_to_itself, T, t, T, t, add_##t(y, x0, x0, count), x0[i] + x0[i])           \
	MAKES(add_##t##_by, T, t, T, t, add_##t##_by(y, x0, count), was[i] + x0[i])                \
	MAKES(sub_##t, T, t, T, t, sub_##t(y, x0, x1, count), x0[i] - x1[i])                       \
	MAKES(sub_##t##_by, T, t, T, t, sub_##t##_by(y, x0, count), was[i] - x0[i])                \
	MAKES(mul_##t, T, t, T, t, mul_##t(y, x0, x1, count), x0[i] * x1[i])                       \
	MAKES(mul_##t##_by, T, t, T, t, mul_##t##_by(y, x0, count), was[i] * x0[i])                \
	MAKES(fma_##t, T, t, T, t, fma_##t(y, x0, x1, x2, count), fuse_##t(x0[i], x1[i], x2[i]))   \
	MAKES(fma_##t##_by, T, t, T, t, fma_##t##_by(y, x0, x1, count),                            \
	      fuse_##t(x0[i], x1[i], was[i]))                                                      \
	MAKES(axpy_##t, T, t, T, t, axpy_##t(y, a, x0, count), was[i] + times_##t(a, x0[i]))       \
	MAKES(clamp_##t, T, t, T, t, clamp_##t(y, x0, a, b, count), CLAMPED(x0[i]))                \
	MAKES(clamp_##t##_by, T, t, T, t, clamp_##t##_by(y, a, b, count), CLAMPED(was[i]))         \
	MAKES(reverse_##t, T, t, T, t, reverse_##t(y, x0, count), x0[count - 1 - i])               \
	MAKES(reverse_##t##_by, T, t, T, t, reverse_##t##_by(y, count), was[count - 1 - i])

MAPS(float, f32)
MAPS(double, f64)

/* ---- conversions ---------------------------------------------------------------------------- */

/* nearbyint() rounds ties to even, and is exact on floats. */
static double saturated(float x, double lo, double hi)
{
	const double whole = nearbyint((double)x);

	return isnan(x) ? 0 : whole < lo ? lo : whole > hi ? hi : whole;
}

#define CONVERTS(T, t, S, s, want) MAKES(t##_from_##s, T, t, S, s, t##_from_##s(y, x0, count), want)

CONVERTS(float, f32, uint8_t, u8, (float)x0[i])
CONVERTS(float, f32, int16_t, i16, (float)x0[i])
CONVERTS(float, f32, int32_t, i32, (float)x0[i])
CONVERTS(uint8_t, u8, float, f32, (uint8_t)saturated(x0[i], 0, UINT8_MAX))
CONVERTS(int16_t, i16, float, f32, (int16_t)saturated(x0[i], INT16_MIN, INT16_MAX))
CONVERTS(int32_t, i32, float, f32, (int32_t)saturated(x0[i], INT32_MIN, INT32_MAX))
CONVERTS(double, f64, float, f32, (double)x0[i])
CONVERTS(float, f32, double, f64, (float)x0[i])

Test(kernels_map, every_u8_and_i16_comes_back)
{
	static int16_t from[65536], back[65536];
	static uint8_t bytes[256], bytes_back[256];
	static float between[65536];

	for (int i = 0; i < 65536; i++)
		from[i] = (int16_t)(i - 32768);
	for (int i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	deed_kernels->f32_from_i16(between, from, 65536);
	deed_kernels->i16_from_f32(back, between, 65536);
	cr_assert_arr_eq(back, from, sizeof(from));
	deed_kernels->f32_from_u8(between, bytes, 256);
	deed_kernels->u8_from_f32(bytes_back, between, 256);
	cr_assert_arr_eq(bytes_back, bytes, sizeof(bytes));
}

/* ---- fma ------------------------------------------------------------------------------------ */

/* Where two roundings differ from one: x * y is in the middle of two floats, as it is an odd number
 * of 25 bits, and w is little.
 */
Test(kernels_map, fma_rounds_once)
{
	enum { COUNT = 1024 };
	static float x[COUNT], y[COUNT], w[COUNT], z[COUNT];
	size_t differ = 0;

	for (int round = 0; round < 400; round++) {
		for (size_t i = 0; i < COUNT; i++) {
			const uint64_t bits = random_u64();
			/* Every fourth time the sum is below the smallest normal number. */
			const int down = round % 4 ? 0 : -150;
			const int tiny = (int)(bits >> 48 & 63) - 62;
			const float some = (float)(4 + (bits >> 56 & 3));

			x[i] = (float)((bits & 0x7ff) | 0x801);
			y[i] = ldexpf((float)((bits >> 16 & 0xfff) | 0x1001), down);
			w[i] = ldexpf(bits >> 63 ? some : -some, down ? -149 : tiny);
		}
		deed_kernels->fma_f32(z, x, y, w, COUNT);
		for (size_t i = 0; i < COUNT; i++) {
			const float wanted = fmaf(x[i], y[i], w[i]);
			const float twice = times_f32(x[i], y[i]) + w[i];
			const float in_double = (float)((double)x[i] * (double)y[i] + (double)w[i]);

			cr_assert(SAME(z[i], wanted), "%a * %a + %a = %a, not %a", (double)x[i],
				  (double)y[i], (double)w[i], (double)wanted, (double)z[i]);
			differ += !SAME(twice, wanted) && !SAME(in_double, wanted);
		}
	}
	cr_assert(differ > 100, "%zu: the test is too easy", differ);
}

/* ---- interleaved ---------------------------------------------------------------------------- */

#define WEAVES(T, t)                                                                               \
	Test(kernels_map, interleave_##t)                                                          \
	{                                                                                          \
		EACH_COUNT_AND_PLACE(T)                                                            \
		{                                                                                  \
			INPUT(T, t, x0, 1, count);                                                 \
			INPUT(T, t, x1, 2, count);                                                 \
			INPUT(T, t, x2, 3, count);                                                 \
			INPUT(T, t, x3, 4, count);                                                 \
			const T *const x[] = { x0, x1, x2, x3 };                                   \
                                                                                                   \
			for (size_t ways = 2; ways <= 4; ways++) {                                 \
				T *const y =                                                       \
					operand(0, place * sizeof(T), ways * count * sizeof(T));   \
                                                                                                   \
				if (ways == 2)                                                     \
					deed_kernels->interleave2_##t(y, x0, x1, count);           \
				else if (ways == 3)                                                \
					deed_kernels->interleave3_##t(y, x0, x1, x2, count);       \
				else                                                               \
					deed_kernels->interleave4_##t(y, x0, x1, x2, x3, count);   \
				for (size_t i = 0; i < ways * count; i++)                          \
					cr_assert(SAME(y[i], x[i % ways][i / ways]),               \
						  "of %zu: %zu of %zu", ways, i, count);           \
				for (size_t which = 0; which < OPERANDS; which++)                  \
					cr_assert(only_written_inside(which));                     \
			}                                                                          \
		}                                                                                  \
	}                                                                                          \
	Test(kernels_map, deinterleave_##t)                                                        \
	{                                                                                          \
		EACH_COUNT_AND_PLACE(T)                                                            \
		for (size_t ways = 2; ways <= 4; ways++) {                                         \
			INPUT(T, t, x, 4, ways *count);                                            \
			T *y[4];                                                                   \
                                                                                                   \
			for (size_t which = 0; which < 4; which++)                                 \
				y[which] = operand(which, (place * (which + 1)) * sizeof(T) % 64,  \
						   count * sizeof(T));                             \
			if (ways == 2)                                                             \
				deed_kernels->deinterleave2_##t(y[0], y[1], x, count);             \
			else if (ways == 3)                                                        \
				deed_kernels->deinterleave3_##t(y[0], y[1], y[2], x, count);       \
			else                                                                       \
				deed_kernels->deinterleave4_##t(y[0], y[1], y[2], y[3], x, count); \
			for (size_t i = 0; i < ways * count; i++)                                  \
				cr_assert(SAME(y[i % ways][i / ways], x[i]), "of %zu: %zu of %zu", \
					  ways, i, count);                                         \
			for (size_t which = 0; which < OPERANDS; which++)                          \
				cr_assert(only_written_inside(which));                             \
		}                                                                                  \
	}

WEAVES(float, f32)
WEAVES(double, f64)

/* ---- past the caches ------------------------------------------------------------------------ */

/* Stores that pass the caches by are for outputs of this size only. */
Test(kernels_map, what_does_not_fit_the_caches)
{
	const size_t count = (40 << 20) / sizeof(float), place = 3;
	float *const y = malloc((count + 2 * place) * sizeof(*y));
	uint8_t *const x = malloc(count);

	cr_assert(y && x);
	for (size_t i = 0; i < count; i++)
		x[i] = (uint8_t)(i * 7);
	y[place - 1] = y[place + count] = -1;
	deed_kernels->f32_from_u8(y + place, x, count);
	for (size_t i = 0; i < count; i++)
		cr_assert(y[place + i] == x[i], "%zu", i);
	deed_kernels->fill_f32(y + place, -0.0f, count);
	for (size_t i = 0; i < count; i++)
		cr_assert(y[place + i] == 0 && signbit(y[place + i]), "%zu", i);
	cr_assert(y[place - 1] == -1 && y[place + count] == -1);
	free(x);
	free(y);
}

/* ---- the histogram -------------------------------------------------------------------------- */

static void expect_counted(const uint8_t *x, size_t count)
{
	uint64_t *const counts = operand(0, 8, 256 * sizeof(*counts));
	uint64_t wanted[256];

	for (size_t i = 0; i < 256; i++)
		counts[i] = wanted[i] = i * (UINT64_MAX / 512);
	for (size_t i = 0; i < count; i++)
		wanted[x[i]]++;
	deed_kernels->histogram_u8(counts, x, count);
	for (size_t i = 0; i < 256; i++)
		cr_assert(counts[i] == wanted[i], "%zu: %llu, not %llu; of %zu", i,
			  (unsigned long long)counts[i], (unsigned long long)wanted[i], count);
	cr_assert(only_written_inside(0));
}

Test(kernels_map, histogram_adds_to_what_was_counted)
{
	static uint8_t x[(1 << 20) + 77];

	for (size_t i = 0; i < sizeof(x); i++)
		x[i] = random_u8();
	for (size_t count = 0; count <= 4 * 64 + 1; count++)
		for (size_t place = 0; place < 64; place++)
			expect_counted(x + place, count);
	expect_counted(x, sizeof(x));
	for (size_t i = 0; i < sizeof(x); i++)
		x[i] &= 3;
	expect_counted(x + 1, sizeof(x) - 1);
	memset(x, 255, sizeof(x));
	expect_counted(x, sizeof(x));
	memset(x, 0, sizeof(x));
	expect_counted(x + 3, sizeof(x) - 4);
}
