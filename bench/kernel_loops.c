/* SPDX-License-Identifier: MIT
 *
 * bench/kernel_loops.c - what bench_kernels.c compares kernels with: the loop that anybody
 * writes, with `restrict`, and left to the compiler.
 *
 * bench/run.sh builds it as a library with -O3 -march=native, whatever the rest is built with.
 * The last ones are not what anybody writes: how fast the machine reads, writes, and does
 * both, or twice the former, and how fast a sum and a dot product are whose additions come in any
 * order.
 */
#include <stddef.h>
#include <stdint.h>

#define EACH(i) for (size_t i = 0; i < n; i++)

void loop_fill(float *restrict y, float a, size_t n);
void loop_fill(float *restrict y, float a, size_t n)
{
	EACH(i)
	y[i] = a;
}

void loop_copy(float *restrict y, const float *restrict x, size_t n);
void loop_copy(float *restrict y, const float *restrict x, size_t n)
{
	EACH(i)
	y[i] = x[i];
}

void loop_scale(float *restrict y, const float *restrict x, float a, size_t n);
void loop_scale(float *restrict y, const float *restrict x, float a, size_t n)
{
	EACH(i)
	y[i] = x[i] * a;
}

void loop_scale_by(float *y, float a, size_t n);
void loop_scale_by(float *y, float a, size_t n)
{
	EACH(i)
	y[i] *= a;
}

void loop_add(float *restrict z, const float *restrict x, const float *restrict y, size_t n);
void loop_add(float *restrict z, const float *restrict x, const float *restrict y, size_t n)
{
	EACH(i)
	z[i] = x[i] + y[i];
}

void loop_axpy(float *restrict y, float a, const float *restrict x, size_t n);
void loop_axpy(float *restrict y, float a, const float *restrict x, size_t n)
{
	EACH(i)
	y[i] += a * x[i];
}

void loop_clamp(float *restrict y, const float *restrict x, float lo, float hi, size_t n);
void loop_clamp(float *restrict y, const float *restrict x, float lo, float hi, size_t n)
{
	EACH(i)
	y[i] = x[i] < lo ? lo : x[i] > hi ? hi : x[i];
}

void loop_prefix_sum(float *restrict y, const float *restrict x, size_t n);
void loop_prefix_sum(float *restrict y, const float *restrict x, size_t n)
{
	float sum = 0;

	EACH(i)
	{
		sum += x[i];
		y[i] = sum;
	}
}

void loop_reverse(float *restrict y, const float *restrict x, size_t n);
void loop_reverse(float *restrict y, const float *restrict x, size_t n)
{
	EACH(i)
	y[i] = x[n - 1 - i];
}

float loop_sum(const float *x, size_t n);
float loop_sum(const float *x, size_t n)
{
	float sum = 0;

	EACH(i)
	sum += x[i];
	return sum;
}

float loop_dot(const float *x, const float *y, size_t n);
float loop_dot(const float *x, const float *y, size_t n)
{
	float sum = 0;

	EACH(i)
	sum += x[i] * y[i];
	return sum;
}

float loop_min(const float *x, size_t n);
float loop_min(const float *x, size_t n)
{
	float min = x[0];

	EACH(i)
	min = x[i] < min ? x[i] : min;
	return min;
}

float loop_max(const float *x, size_t n);
float loop_max(const float *x, size_t n)
{
	float max = x[0];

	EACH(i)
	max = x[i] > max ? x[i] : max;
	return max;
}

size_t loop_argmin(const float *x, size_t n);
size_t loop_argmin(const float *x, size_t n)
{
	size_t at = 0;

	EACH(i)
	if (x[i] < x[at])
		at = i;
	return at;
}

size_t loop_argmax(const float *x, size_t n);
size_t loop_argmax(const float *x, size_t n)
{
	size_t at = 0;

	EACH(i)
	if (x[i] > x[at])
		at = i;
	return at;
}

/* Two passes: it takes the mean to know how far from it an element is. */
void loop_mean_variance(double *mean, double *variance, const float *x, size_t n);
void loop_mean_variance(double *mean, double *variance, const float *x, size_t n)
{
	double sum = 0, squares = 0;

	EACH(i)
	sum += (double)x[i];
	*mean = sum / (double)n;
	EACH(i)
	squares += ((double)x[i] - *mean) * ((double)x[i] - *mean);
	*variance = squares / (double)n;
}

void loop_interleave2(float *restrict y, const float *restrict x0, const float *restrict x1,
		      size_t n);
void loop_interleave2(float *restrict y, const float *restrict x0, const float *restrict x1,
		      size_t n)
{
	EACH(i)
	{
		y[2 * i] = x0[i];
		y[2 * i + 1] = x1[i];
	}
}

void loop_deinterleave2(float *restrict y0, float *restrict y1, const float *restrict x, size_t n);
void loop_deinterleave2(float *restrict y0, float *restrict y1, const float *restrict x, size_t n)
{
	EACH(i)
	{
		y0[i] = x[2 * i];
		y1[i] = x[2 * i + 1];
	}
}

void loop_deinterleave3(float *restrict y0, float *restrict y1, float *restrict y2,
			const float *restrict x, size_t n);
void loop_deinterleave3(float *restrict y0, float *restrict y1, float *restrict y2,
			const float *restrict x, size_t n)
{
	EACH(i)
	{
		y0[i] = x[3 * i];
		y1[i] = x[3 * i + 1];
		y2[i] = x[3 * i + 2];
	}
}

/* Without the rounding and the ends that the kernel has. */
void loop_i16_from_f32(int16_t *restrict y, const float *restrict x, size_t n);
void loop_i16_from_f32(int16_t *restrict y, const float *restrict x, size_t n)
{
	EACH(i)
	y[i] = (int16_t)x[i];
}

void loop_f32_from_i16(float *restrict y, const int16_t *restrict x, size_t n);
void loop_f32_from_i16(float *restrict y, const int16_t *restrict x, size_t n)
{
	EACH(i)
	y[i] = x[i];
}

void loop_u8_from_f32(uint8_t *restrict y, const float *restrict x, size_t n);
void loop_u8_from_f32(uint8_t *restrict y, const float *restrict x, size_t n)
{
	EACH(i)
	y[i] = (uint8_t)x[i];
}

void loop_f64_from_f32(double *restrict y, const float *restrict x, size_t n);
void loop_f64_from_f32(double *restrict y, const float *restrict x, size_t n)
{
	EACH(i)
	y[i] = (double)x[i];
}

void loop_histogram(uint64_t *restrict counts, const uint8_t *restrict x, size_t n);
void loop_histogram(uint64_t *restrict counts, const uint8_t *restrict x, size_t n)
{
	EACH(i)
	counts[x[i]]++;
}

/* ---- limits --------------------------------------------------------------------------------- */

/* Eight registers, as wide as they come: enough that no operation waits for another. Variables,
 * and not an array, which gcc keeps in memory besides. `n` is a multiple of them. */
typedef float row __attribute__((vector_size(64), may_alias, aligned(4)));
typedef uint32_t bits __attribute__((vector_size(64), may_alias, aligned(4)));
#define ROW (sizeof(row) / sizeof(float))
#define ROWS 8
#define EIGHT(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)

void loop_read(const float *x, size_t n);
void loop_read(const float *x, size_t n)
{
#define BEGIN(k) bits seen##k = { 0 };
#define READ(k) seen##k |= *(const bits *)(x + i + k * ROW);
	EIGHT(BEGIN)
	for (size_t i = 0; i < n; i += ROWS * ROW) {
		EIGHT(READ)
	}
	seen0 |= seen1 | seen2 | seen3 | seen4 | seen5 | seen6 | seen7;
	__asm__ volatile("" : : "m"(seen0));
#undef BEGIN
#undef READ
}

void loop_write(float *y, float a, size_t n);
void loop_write(float *y, float a, size_t n)
{
	const row all = a - (row){ 0 };

#define WRITE(k) *(row *)(y + i + k * ROW) = all;
	for (size_t i = 0; i < n; i += ROWS * ROW) {
		EIGHT(WRITE)
	}
#undef WRITE
}

/* Of the same elements, too. */
void loop_both(float *y, const float *x, float a, size_t n);
void loop_both(float *y, const float *x, float a, size_t n)
{
#define BOTH(k) *(row *)(y + i + k * ROW) = *(const row *)(x + i + k * ROW) * a;
	for (size_t i = 0; i < n; i += ROWS * ROW) {
		EIGHT(BOTH)
	}
#undef BOTH
}

void loop_triad(float *restrict y, float a, const float *restrict x, size_t n);
void loop_triad(float *restrict y, float a, const float *restrict x, size_t n)
{
#define TRIAD(k) *(row *)(y + i + k * ROW) += *(const row *)(x + i + k * ROW) * a;
	for (size_t i = 0; i < n; i += ROWS * ROW) {
		EIGHT(TRIAD)
	}
#undef TRIAD
}

static inline float total(const row *sums)
{
	typedef float half __attribute__((vector_size(32), may_alias));
	typedef float quarter __attribute__((vector_size(16), may_alias));
	const half halves = ((const half *)sums)[0] + ((const half *)sums)[1];
	const quarter *const quarters = (const quarter *)&halves;
	const quarter sum = quarters[0] + quarters[1];

	return sum[0] + sum[2] + (sum[1] + sum[3]);
}

#define BEGIN(k) row sum##k = { 0 };
#define END sum0 += (sum1 + sum2) + (sum3 + sum4) + ((sum5 + sum6) + sum7)

float loop_any_order_sum(const float *x, size_t n);
float loop_any_order_sum(const float *x, size_t n)
{
#define ADD(k) sum##k += *(const row *)(x + i + k * ROW);
	EIGHT(BEGIN)
	for (size_t i = 0; i < n; i += ROWS * ROW) {
		EIGHT(ADD)
	}
	END;
	return total(&sum0);
#undef ADD
}

float loop_any_order_dot(const float *x, const float *y, size_t n);
float loop_any_order_dot(const float *x, const float *y, size_t n)
{
#define ADD(k) sum##k += *(const row *)(x + i + k * ROW) * *(const row *)(y + i + k * ROW);
	EIGHT(BEGIN)
	for (size_t i = 0; i < n; i += ROWS * ROW) {
		EIGHT(ADD)
	}
	END;
	return total(&sum0);
#undef ADD
}
