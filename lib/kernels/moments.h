/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/moments.h - mean and variance. A template: see bodies.h.
 *
 * In double: elements of float are widened first, in the same lanes, rows and blocks as fold.h's.
 * Of a block some elements give a first mean m. Then the deviations d = x - m and their squares are
 * summed, and what m has missed the mean by, the mean of d, corrects both (Chan, Golub, LeVeque,
 * Algorithms for Computing the Sample Variance, 1983):
 *
 *     mean = m + sum(d) / n        squares = sum(d^2) - sum(d)^2 / n
 *
 * That costs squares no digits unless m is further from the mean than elements are. Then the block
 * is looked at once more, with the mean that was found, while it is in the cache.
 *
 * The mean stays a sum of two numbers up to the end: m is rounded to what a double can hold there,
 * so it says nothing of deviations as small as that; sum(d) / n does, for nearby numbers have a
 * difference that is exact. The blocks' moments are joined, by Chan's formula again, in the shape
 * of the same tree; the means' difference, which is squared, is that of both of their parts. So no
 * offset of the elements, however large, cancels digits of the variance, neither inside a block nor
 * between them.
 */

#define S T
#define A double
#define SUMS 2
#define TREE(name) NAME(DEED_JOIN(deviation_, name))
#include "tree.h"
#undef S
#undef A
#undef SUMS
#undef TREE

/* Of some elements: how many, their mean, which is mean + missed, and the sum of the squared
 * deviations from it.
 */
struct NAME(part) {
	double count;
	double mean, missed;
	double squares;
};

/* The mean of the first 8 elements and the last 8, by halves; where there are fewer, the first.
 * That of a straight line is its mean. Nor does it disturb what the processor fetches ahead, as
 * elements from all over the block would: from memory, that takes half as long again.
 */
static double NAME(sampled_mean)(const T *x, size_t count)
{
	double sample[8];

	if (count < 8)
		return (double)x[0];
	for (size_t i = 0; i < 8; i++)
		sample[i] = (double)x[i] + (double)x[count - 8 + i];
	for (size_t half = 4; half > 0; half /= 2)
		for (size_t i = 0; i < half; i++)
			sample[i] += sample[i + half];
	return sample[0] / 16;
}

static __attribute__((noinline)) struct NAME(deviation_sums)
	NAME(deviations)(const T *x, double from, size_t count)
{
	return NAME(deviation_block)(DEVIATION, x, x, from, count);
}

/* A distance of m to the mean whose square is up to half the variance will do: the error of the
 * squares and of their correction is then some 3 times as large as it is from the mean itself, and
 * the bound in deed/kernels.h has room for 10.
 */
static struct NAME(part) NAME(part_of_block)(const T *x, size_t count)
{
	const double n = (double)count;
	double m = NAME(sampled_mean)(x, count);
	struct NAME(deviation_sums) d = NAME(deviations)(x, m, count);

	/* Where the sums are not finite, a better mean may help that; and NaN stays. */
	if (!(d.sum[0] * d.sum[0] / n <= d.sum[1] / 3 && d.sum[1] <= DBL_MAX)) {
		m += d.sum[0] / n;
		d = NAME(deviations)(x, m, count);
	}

	const double missed = d.sum[0], about_mean = d.sum[1] - missed * missed / n;

	/* Not below 0, whatever rounding did; NaN stays. */
	return (struct NAME(part)){ n, m, missed / n, about_mean < 0 ? 0 : about_mean };
}

static struct NAME(part) NAME(part_of)(const T *x, size_t count)
{
	size_t left = (size_t)64 * 1024 / sizeof(T);

	if (count <= left)
		return NAME(part_of_block)(x, count);
	while (left < count - left)
		left *= 2;

	const struct NAME(part) a = NAME(part_of)(x, left);
	const struct NAME(part) b = NAME(part_of)(x + left, count - left);
	const double n = a.count + b.count;
	const double apart = (b.mean - a.mean) + (b.missed - a.missed);
	const double further = apart * (b.count / n);
	const double mean = a.mean + further;
	/* What the rounding of `mean` has lost, which is a number (Knuth). */
	const double added = mean - a.mean;
	const double lost = (a.mean - (mean - added)) + (further - added);

	return (struct NAME(part)){ n, mean, a.missed + lost,
				    a.squares + b.squares +
					    apart * apart * (a.count * (b.count / n)) };
}

static struct deed_moments NAME(mean_variance)(const T *x, size_t count)
{
	if (count == 0)
		return (struct deed_moments){ 0, 0 };

	const struct NAME(part) all = NAME(part_of)(x, count);

	return (struct deed_moments){ all.mean + all.missed + 0, all.squares / all.count };
}
