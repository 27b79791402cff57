/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/moments.h - mean and variance. A template: see bodies.h.
 *
 * In double: elements of float are widened first, in the same lanes, rows and blocks as fold.h's.
 * A block is looked at twice, while it is in the cache. Its sum gives a first mean m; then the
 * deviations d = x - m and their squares are summed, and what m has missed the mean by, the mean of
 * d, corrects both (Chan, Golub, LeVeque, Algorithms for Computing the Sample Variance, 1983):
 *
 *     mean = m + sum(d) / n        squares = sum(d^2) - sum(d)^2 / n
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

#define SUMS 1
#define TREE(name) NAME(DEED_JOIN(wide_, name))
#include "tree.h"
#undef SUMS
#undef TREE

#define SUMS 2
#define TREE(name) NAME(DEED_JOIN(deviation_, name))
#include "tree.h"
#undef SUMS
#undef TREE

#undef S
#undef A

/* Of some elements: how many, their mean, which is mean + missed, and the sum of the squared
 * deviations from it.
 */
struct NAME(part) {
	double count;
	double mean, missed;
	double squares;
};

static struct NAME(part) NAME(part_of_block)(const T *x, size_t count)
{
	const double n = (double)count;
	const double m = NAME(wide_block)(ELEMENT, x, x, 0, count).sum[0] / n;
	const struct NAME(deviation_sums) deviations =
		NAME(deviation_block)(DEVIATION, x, x, m, count);
	const double missed = deviations.sum[0], squares = deviations.sum[1];
	const double about_mean = squares - missed * missed / n;

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
