/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/integer.h - reductions of integers, whose order is free. A template: see bodies.h.
 */

/* Modulo 2^64: unsigned, because overflow there is defined. */
static int64_t NAME(sum)(const T *x, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += (uint64_t)x[i];
	return (int64_t)sum;
}

#define SMALLEST _Generic((T)0, int32_t : INT32_MIN, int64_t : INT64_MIN)
#define LARGEST _Generic((T)0, int32_t : INT32_MAX, int64_t : INT64_MAX)

static T NAME(min)(const T *x, size_t count)
{
	T min = LARGEST;

	for (size_t i = 0; i < count; i++)
		min = x[i] < min ? x[i] : min;
	return min;
}

static T NAME(max)(const T *x, size_t count)
{
	T max = SMALLEST;

	for (size_t i = 0; i < count; i++)
		max = x[i] > max ? x[i] : max;
	return max;
}

#undef SMALLEST
#undef LARGEST
