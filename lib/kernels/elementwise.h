/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/elementwise.h - what is done to each element by itself. A template: see bodies.h.
 *
 * Each element is the outcome of the operations that are written here, each rounded by itself, so
 * that the loops may be cut and vectorised in any way and give the same bits.
 */

static void NAME(fill)(T *y, T a, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] = a;
}

static void NAME(scale)(T *restrict y, const T *restrict x, T a, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] = x[i] * a;
}

static void NAME_BY(scale)(T *y, T a, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] *= a;
}

static void NAME(offset)(T *restrict y, const T *restrict x, T a, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] = x[i] + a;
}

static void NAME_BY(offset)(T *y, T a, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] += a;
}

static void NAME(add)(T *restrict z, const T *x, const T *y, size_t count)
{
	for (size_t i = 0; i < count; i++)
		z[i] = x[i] + y[i];
}

static void NAME_BY(add)(T *restrict y, const T *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] += x[i];
}

static void NAME(sub)(T *restrict z, const T *x, const T *y, size_t count)
{
	for (size_t i = 0; i < count; i++)
		z[i] = x[i] - y[i];
}

static void NAME_BY(sub)(T *restrict y, const T *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] -= x[i];
}

static void NAME(mul)(T *restrict z, const T *x, const T *y, size_t count)
{
	for (size_t i = 0; i < count; i++)
		z[i] = x[i] * y[i];
}

static void NAME_BY(mul)(T *restrict y, const T *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] *= x[i];
}

/* fma() or fmaf(): one rounding, where the processor has no such instruction too. */
#define FUSED(x, y, w) _Generic((x), float : fmaf, double : fma)(x, y, w)

static void NAME(fma)(T *restrict z, const T *x, const T *y, const T *w, size_t count)
{
	for (size_t i = 0; i < count; i++)
		z[i] = FUSED(x[i], y[i], w[i]);
}

static void NAME_BY(fma)(T *restrict z, const T *x, const T *y, size_t count)
{
	for (size_t i = 0; i < count; i++)
		z[i] = FUSED(x[i], y[i], z[i]);
}

#undef FUSED

static void NAME(axpy)(T *restrict y, T a, const T *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] += a * x[i];
}

static void NAME(clamp)(T *restrict y, const T *restrict x, T lo, T hi, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] = x[i] < lo ? lo : x[i] > hi ? hi : x[i];
}

static void NAME_BY(clamp)(T *y, T lo, T hi, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] = y[i] < lo ? lo : y[i] > hi ? hi : y[i];
}

static void NAME(reverse)(T *restrict y, const T *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] = x[count - 1 - i];
}

static void NAME_BY(reverse)(T *y, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		const T first = y[i];

		y[i] = y[count - 1 - i];
		y[count - 1 - i] = first;
	}
}
