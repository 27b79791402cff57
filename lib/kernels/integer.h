/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/integer.h - sums of integers, whose order is free. A template: see bodies.h.
 *
 * Modulo 2^64: unsigned, because overflow there is defined.
 */

static int64_t NAME(sum)(const T *x, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += (uint64_t)x[i];
	return (int64_t)sum;
}
