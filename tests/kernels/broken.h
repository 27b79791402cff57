/* SPDX-License-Identifier: MIT
 *
 * tests/kernels/broken.h - kernels that are wrong, each in its own way, to show that the test sees
 * it. Each takes the place of the one whose name it has in the scalar rung.
 */
#ifndef DEED_TEST_BROKEN_H
#define DEED_TEST_BROKEN_H

#include <math.h>

#include "shapes.h"

#include "kernels/rungs.h"

/* The last bit, in the second block only. */
static double last_bit(const double *x, size_t count)
{
	const double sum = deed_kernels_scalar.sum_f64(x, count);

	return count > 16384 ? nextafter(sum, INFINITY) : sum;
}

static float minus_zero(const float *x, size_t count)
{
	const float sum = deed_kernels_scalar.sum_f32(x, count);

	return sum == 0 ? -0.0f : sum;
}

static void flushes_denormals(float *y, float a, size_t count)
{
	deed_kernels_scalar.scale_f32_by(y, a, count);
	for (size_t i = 0; i < count; i++)
		if (fabsf(y[i]) < 0x1p-126f)
			y[i] = copysignf(0, y[i]);
}

static void rounds_twice(float *restrict z, const float *x, const float *y, const float *w,
			 size_t count)
{
	for (size_t i = 0; i < count; i++)
		z[i] = x[i] * y[i] + w[i];
}

static void rounds_once(double *restrict y, double a, const double *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] = fma(a, x[i], y[i]);
}

static void ties_away_from_zero(uint8_t *restrict y, const float *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] = x[i] > 0 ? (uint8_t)(x[i] < 255 ? roundf(x[i]) : 255) : 0;
}

static float takes_nan(const float *x, size_t count)
{
	float min = INFINITY;

	for (size_t i = 0; i < count; i++)
		min = min < x[i] ? min : x[i];
	return min + 0;
}

static size_t last_of_equals(const double *x, size_t count)
{
	size_t at = SIZE_MAX;

	for (size_t i = 0; i < count; i++)
		if (x[i] == x[i] && (at == SIZE_MAX || x[i] >= x[at]))
			at = i;
	return at;
}

static int64_t saturates(const int64_t *x, size_t count)
{
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		if (__builtin_add_overflow(sum, x[i], &sum))
			sum = x[i] < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

static void misses_the_last(double *y, size_t count)
{
	if (count != 17)
		deed_kernels_scalar.reverse_f64_by(y, count);
}

static void wrong_when_misaligned(float *restrict y, const float *restrict x, size_t count)
{
	deed_kernels_scalar.add_f32_by(y, x, count);
	if (count > 40 && (uintptr_t)y % 64 == 36)
		y[9] = -y[9];
}

static void writes_behind(float *restrict z, const float *x, const float *y, size_t count)
{
	deed_kernels_scalar.add_f32(z, x, y, count);
	if (count % 16 == 15)
		((volatile float *)z)[count] = 0;
}

static void writes_before(double *y, double a, size_t count)
{
	deed_kernels_scalar.fill_f64(y, a, count);
	if (count > 20)
		((volatile double *)y)[-1] = a;
}

static void writes_what_it_reads(float *restrict y, const float *restrict x, float a, size_t count)
{
	deed_kernels_scalar.scale_f32(y, x, a, count);
	if (count > 0)
		((volatile float *)(uintptr_t)x)[count / 2] = a;
}

static float reads_behind(const float *x, const float *y, size_t count)
{
	if (count > 60)
		(void)((const volatile float *)y)[count];
	return deed_kernels_scalar.dot_f32(x, y, count);
}

static void reads_before(float *restrict y, const float *restrict x, size_t count)
{
	if (count > 60)
		(void)((const volatile float *)x)[-1];
	deed_kernels_scalar.reverse_f32(y, x, count);
}

static const struct {
	const char *name, *kernel;
	void (*function)(void);
} broken[] = {
#define BROKEN(function, kernel)                                                                   \
	{                                                                                          \
#function, #kernel, (void (*)(void))function                                       \
	}
	BROKEN(last_bit, sum_f64),
	BROKEN(minus_zero, sum_f32),
	BROKEN(flushes_denormals, scale_f32_by),
	BROKEN(rounds_twice, fma_f32),
	BROKEN(rounds_once, axpy_f64),
	BROKEN(ties_away_from_zero, u8_from_f32),
	BROKEN(takes_nan, min_f32),
	BROKEN(last_of_equals, argmax_f64),
	BROKEN(saturates, sum_i64),
	BROKEN(misses_the_last, reverse_f64_by),
	BROKEN(wrong_when_misaligned, add_f32_by),
	BROKEN(writes_behind, add_f32),
	BROKEN(writes_before, fill_f64),
	BROKEN(writes_what_it_reads, scale_f32),
	BROKEN(reads_behind, dot_f32),
	BROKEN(reads_before, reverse_f32),
#undef BROKEN
};

#endif
