/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/fold.h - sums of floating-point numbers. A template: see bodies.h.
 *
 * Blocks of 64 KiB are summed one by one (tree.h), and their sums by the same tree. A block's sum
 * depends on nothing outside it: whoever has several threads may give each some blocks. At the
 * very end +0 is added, so that a zero result is +0.
 *
 * No element passes through more than ceil(log2 n) additions: so the error is that of pairwise
 * summation, at most ceil(log2 n) u / (1 - ceil(log2 n) u) times the sum of the terms' absolute
 * values (Higham, The Accuracy of Floating Point Summation, 1993), u being half the distance of 1
 * to the next number. The rounding of a product adds one u to that.
 *
 * A product is rounded before it is added, although most processors could do both at once: those
 * that cannot would give other bits.
 */

#define S T
#define A T
#define SUMS 1
#define TREE(name) NAME(DEED_JOIN(tree_, name))
#include "tree.h"
#undef S
#undef A
#undef SUMS
#undef TREE

/* What fits a block's sum is the argument of every kernel below. */
typedef T NAME(block)(const T *x, const T *y, T a, size_t count);

static __attribute__((noinline)) T NAME(blocks)(NAME(block) * block, const T *x, const T *y, T a,
						size_t count)
{
	size_t left = (size_t)64 * 1024 / sizeof(T);

	if (count <= left)
		return block(x, y, a, count);
	while (left < count - left)
		left *= 2;

	const T sum = NAME(blocks)(block, x, y, a, left);

	return sum + NAME(blocks)(block, x + left, y + left, a, count - left);
}

static T NAME(sum_block)(const T *x, const T *y, T a, size_t count)
{
	(void)y, (void)a;
	return NAME(tree_block)(ELEMENT, x, x, 0, count).sum[0];
}

static T NAME(dot_block)(const T *x, const T *y, T a, size_t count)
{
	(void)a;
	return NAME(tree_block)(PRODUCT, x, y, 0, count).sum[0];
}

static T NAME(sum_squares_block)(const T *x, const T *y, T a, size_t count)
{
	(void)y, (void)a;
	return NAME(tree_block)(PRODUCT, x, x, 0, count).sum[0];
}

static T NAME(scaled_squares_block)(const T *x, const T *y, T a, size_t count)
{
	(void)y;
	return NAME(tree_block)(SCALED_SQUARE, x, x, a, count).sum[0];
}

static T NAME(sum)(const T *x, size_t count)
{
	return NAME(blocks)(NAME(sum_block), x, x, 0, count) + 0;
}

static T NAME(dot)(const T *x, const T *y, size_t count)
{
	return NAME(blocks)(NAME(dot_block), x, y, 0, count) + 0;
}

static T NAME(sum_squares)(const T *x, size_t count)
{
	return NAME(blocks)(NAME(sum_squares_block), x, x, 0, count) + 0;
}

#define ROOT(x) _Generic((x), float : sqrtf, double : sqrt)(x)
#define SMALLEST_NORMAL _Generic((T)0, float : FLT_MIN, double : DBL_MIN)
#define LARGEST _Generic((T)0, float : FLT_MAX, double : DBL_MAX)
#define UNIT _Generic((T)0, float : FLT_EPSILON / 2, double : DBL_EPSILON / 2)
#define HIGHEST_EXPONENT _Generic((T)0, float : FLT_MAX_EXP, double : DBL_MAX_EXP)

/* A power of two, a normal number, that brings `largest` near 1. */
static T NAME(leveller)(T largest)
{
	const int most = HIGHEST_EXPONENT - 2;
	int exponent;

	(void)frexp((double)largest, &exponent);
	exponent = exponent < -most ? -most : exponent > most ? most : exponent;
	return (T)ldexp(1, -exponent);
}

/* The root of the sum of squares, and most often that is all. A square below the smallest normal
 * number has lost at most u times that number; so a sum of more than `count` / u times that number
 * has lost less than its own rounding. Else, and where the sum has overflowed, the squares are
 * summed once more of x times a power of two that makes the largest about 1, which is exact but for
 * elements too small to matter, and is taken back from the root. Denormal elements cannot be made
 * quite as large; their squares are normal nevertheless. So the error is half that of the sum, and
 * the root's rounding: (ceil(log2 n) + 3) / 2 times u, to first order.
 */
static T NAME(norm2)(const T *x, size_t count)
{
	const T squares = NAME(sum_squares)(x, count);
	const T most = LARGEST, least = SMALLEST_NORMAL / UNIT;

	if (squares != squares || (squares >= (T)count * least && squares <= most))
		return ROOT(squares);

	const T low = -NAME(min)(x, count), high = NAME(max)(x, count);
	const T largest = low > high ? low : high;

	if (!(largest > 0 && largest <= most))
		return largest > 0 ? largest : 0;

	const T a = NAME(leveller)(largest);

	return ROOT(NAME(blocks)(NAME(scaled_squares_block), x, x, a, count)) / a;
}

#undef ROOT
#undef SMALLEST_NORMAL
#undef LARGEST
#undef UNIT
#undef HIGHEST_EXPONENT
