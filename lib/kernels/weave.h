/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/weave.h - array of structs to struct of arrays, and back: elements change their place
 * and nothing else. A template: see bodies.h.
 */

static void NAME(interleave2)(T *restrict y, const T *x0, const T *x1, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		y[2 * i] = x0[i];
		y[2 * i + 1] = x1[i];
	}
}

static void NAME(interleave3)(T *restrict y, const T *x0, const T *x1, const T *x2, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		y[3 * i] = x0[i];
		y[3 * i + 1] = x1[i];
		y[3 * i + 2] = x2[i];
	}
}

static void NAME(interleave4)(T *restrict y, const T *x0, const T *x1, const T *x2, const T *x3,
			      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		y[4 * i] = x0[i];
		y[4 * i + 1] = x1[i];
		y[4 * i + 2] = x2[i];
		y[4 * i + 3] = x3[i];
	}
}

static void NAME(deinterleave2)(T *restrict y0, T *restrict y1, const T *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		y0[i] = x[2 * i];
		y1[i] = x[2 * i + 1];
	}
}

static void NAME(deinterleave3)(T *restrict y0, T *restrict y1, T *restrict y2, const T *restrict x,
				size_t count)
{
	for (size_t i = 0; i < count; i++) {
		y0[i] = x[3 * i];
		y1[i] = x[3 * i + 1];
		y2[i] = x[3 * i + 2];
	}
}

static void NAME(deinterleave4)(T *restrict y0, T *restrict y1, T *restrict y2, T *restrict y3,
				const T *restrict x, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		y0[i] = x[4 * i];
		y1[i] = x[4 * i + 1];
		y2[i] = x[4 * i + 2];
		y3[i] = x[4 * i + 3];
	}
}
