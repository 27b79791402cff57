/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/extreme.h - the smallest and the largest element, and where it is. A template: see
 * bodies.h.
 *
 * NaN is passed over. Zeros are equal; a zero result is +0, which adding it makes of -0. So the
 * order of the comparisons is free.
 */

static T NAME(min)(const T *x, size_t count)
{
	T min = (T)INFINITY;

	for (size_t i = 0; i < count; i++)
		min = x[i] < min ? x[i] : min;
	return min + 0;
}

static T NAME(max)(const T *x, size_t count)
{
	T max = -(T)INFINITY;

	for (size_t i = 0; i < count; i++)
		max = x[i] > max ? x[i] : max;
	return max + 0;
}

/* The first of the equal ones; SIZE_MAX where there is nothing but NaN. */
static size_t NAME(argmin)(const T *x, size_t count)
{
	size_t at = SIZE_MAX;

	for (size_t i = 0; i < count; i++)
		if (x[i] == x[i] && (at == SIZE_MAX || x[i] < x[at]))
			at = i;
	return at;
}

static size_t NAME(argmax)(const T *x, size_t count)
{
	size_t at = SIZE_MAX;

	for (size_t i = 0; i < count; i++)
		if (x[i] == x[i] && (at == SIZE_MAX || x[i] > x[at]))
			at = i;
	return at;
}
