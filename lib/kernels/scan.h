/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/scan.h - prefix sums. A template: see bodies.h.
 */

static void NAME(prefix_sum)(T *restrict y, const T *restrict x, size_t count)
{
	T sum = 0;

	for (size_t i = 0; i < count; i++)
		y[i] = sum += x[i];
}

static void NAME_BY(prefix_sum)(T *y, size_t count)
{
	T sum = 0;

	for (size_t i = 0; i < count; i++)
		y[i] = sum += y[i];
}
