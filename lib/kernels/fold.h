/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/fold.h - sums. A template: see bodies.h.
 */

static T NAME(sum)(const T *x, size_t count)
{
	T sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += x[i];
	return sum;
}

static T NAME(dot)(const T *x, const T *y, size_t count)
{
	T sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += x[i] * y[i];
	return sum;
}

static T NAME(sum_squares)(const T *x, size_t count)
{
	return NAME(dot)(x, x, count);
}

static T NAME(norm2)(const T *x, size_t count)
{
	return (T)sqrt((double)NAME(sum_squares)(x, count));
}

static struct deed_moments NAME(mean_variance)(const T *x, size_t count)
{
	struct deed_moments moments = { 0, 0 };

	for (size_t i = 0; i < count; i++)
		moments.mean += (double)x[i] / (double)count;
	for (size_t i = 0; i < count; i++)
		moments.variance += ((double)x[i] - moments.mean) * ((double)x[i] - moments.mean) /
				    (double)count;
	return moments;
}
