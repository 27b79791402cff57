/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/tree.h - the sum over one block, in an order that no rung and no compiler changes.
 * A template: S is the type of the elements, A that of the sums, TREE(name) names.
 *
 * A row is 64 bytes of elements, and as many lanes: element i is in lane i mod LANES of row
 * i / LANES. What the last row lacks counts as +0. The rows of a block, at most 1024, are added
 * lane by lane in the shape of the tree
 *
 *     T(1) = the row        T(n) = T(p) + T(n - p), p the largest power of two below n
 *
 * and then the lanes of the one row that is left by halves: lane l and lane l + LANES / 2, until
 * there is one. Adding +0 changes nothing but the sign of a zero, and whoever calls this adds +0
 * at the very end: so rows of +0 may be added anywhere.
 *
 * What is added of an element, its term, is rounded by itself before it is added.
 */

#define LANES (64 / sizeof(S))
#define BLOCK (1024 * LANES)

/* x is an element; y is the other one of a product, and else one number for all elements. */
static inline A TREE(term)(enum term term, A x, A y)
{
	switch (term) {
	case PRODUCT:
		return x * y;
	case SCALED_SQUARE:
		return (x * y) * (x * y);
	case DEVIATION:
		return x - y;
	case DEVIATION_SQUARED:
		return (x - y) * (x - y);
	default:
		return x;
	}
}

struct TREE(row) {
	A lane[LANES];
};

/* Of 1 element or more. */
static struct TREE(row) TREE(rows)(enum term term, const S *x, const S *y, A a, size_t count)
{
	struct TREE(row) row = { { 0 } };
	size_t left = LANES;

	if (count > LANES) {
		while (2 * left < count)
			left *= 2;
		row = TREE(rows)(term, x, y, a, left);

		const struct TREE(row) right =
			TREE(rows)(term, x + left, y ? y + left : NULL, a, count - left);

		for (size_t l = 0; l < LANES; l++)
			row.lane[l] += right.lane[l];
		return row;
	}
	for (size_t l = 0; l < count; l++)
		row.lane[l] = TREE(term)(term, (A)x[l], y ? (A)y[l] : a);
	return row;
}

/* The sum over a block: at most BLOCK elements. `y`, or else `a`, goes with each. */
static A TREE(block)(enum term term, const S *x, const S *y, A a, size_t count)
{
	struct TREE(row) row = { { 0 } };

	if (count > 0)
		row = TREE(rows)(term, x, y, a, count);
	for (size_t half = LANES / 2; half > 0; half /= 2)
		for (size_t l = 0; l < half; l++)
			row.lane[l] += row.lane[l + half];
	return row.lane[0];
}

#undef LANES
#undef BLOCK
