/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/convert.h - from one element type to another: to the nearest, ties to even; what is
 * out of range goes to its end, NaN to 0.
 */

static void f32_from_u8(float *restrict y, const uint8_t *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] = (float)x[i];
}

static void f32_from_i16(float *restrict y, const int16_t *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] = (float)x[i];
}

static void f32_from_i32(float *restrict y, const int32_t *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] = (float)x[i];
}

/* `x` to an integer from `lo` to `hi`, less than 2^22 in magnitude. Between 2^23 and 2^24 the
 * distance of two floats is 1, so that the first addition rounds as the processor does; the
 * compiler may not take the pair of them for nothing. */
static inline int32_t to_small(float x, float lo, float hi)
{
	const float magic = 0x1.8p23f;
	const float inside = !(x == x) ? 0 : x < lo ? lo : x > hi ? hi : x;

	return (int32_t)((inside + magic) - magic);
}

static void u8_from_f32(uint8_t *restrict y, const float *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] = (uint8_t)to_small(x[i], 0, UINT8_MAX);
}

static void i16_from_f32(int16_t *restrict y, const float *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] = (int16_t)to_small(x[i], INT16_MIN, INT16_MAX);
}

static void i32_from_f32(int32_t *restrict y, const float *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		/* From 2^23 on a float is an integer. */
		const float magic = copysignf(0x1p23f, x[i]);
		const float whole = fabsf(x[i]) < 0x1p23f ? (x[i] + magic) - magic : x[i];

		if (!(x[i] == x[i]))
			y[i] = 0;
		else if (whole >= 0x1p31f)
			y[i] = INT32_MAX;
		else if (whole < -0x1p31f)
			y[i] = INT32_MIN;
		else
			y[i] = (int32_t)whole;
	}
}

static void f64_from_f32(double *restrict y, const float *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] = (double)x[i];
}

static void f32_from_f64(float *restrict y, const double *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] = (float)x[i];
}
