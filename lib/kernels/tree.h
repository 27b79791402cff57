/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/tree.h - the sum over one block, in an order that no rung and no compiler changes.
 * A template: S is the type of the elements, A that of the sums, TREE(name) names. SUMS is 1, or 2
 * where the squares of what is added are added up too.
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

/* Of an element x, and of the other one of a product, or else the number that goes with all: of
 * numbers or of vectors.
 */
#define TERM(term, x, y)                                                                           \
	((term) == PRODUCT	   ? (x) * (y)                                                     \
	 : (term) == SCALED_SQUARE ? ((x) * (y)) * ((x) * (y))                                     \
	 : (term) == DEVIATION	   ? (x) - (y)                                                     \
				   : (x))

struct TREE(sums) {
	A sum[SUMS];
};

#if WIDTH == 0

struct TREE(row) {
	A lane[SUMS][LANES];
};

/* Of 1 element or more. */
static struct TREE(row) TREE(rows)(enum term term, const S *x, const S *y, A a, size_t count)
{
	struct TREE(row) row = { { { 0 } } };
	size_t left = LANES;

	if (count > LANES) {
		while (2 * left < count)
			left *= 2;
		row = TREE(rows)(term, x, y, a, left);

		const struct TREE(row) right =
			TREE(rows)(term, x + left, y + left, a, count - left);

		for (size_t s = 0; s < SUMS; s++)
			for (size_t l = 0; l < LANES; l++)
				row.lane[s][l] += right.lane[s][l];
		return row;
	}
	for (size_t l = 0; l < count; l++) {
		row.lane[0][l] = TERM(term, (A)x[l], term == PRODUCT ? (A)y[l] : a);
		if (SUMS == 2)
			row.lane[SUMS - 1][l] = row.lane[0][l] * row.lane[0][l];
	}
	return row;
}

/* The sum over a block: at most 1024 rows. */
static struct TREE(sums) TREE(block)(enum term term, const S *x, const S *y, A a, size_t count)
{
	struct TREE(sums) sums;
	struct TREE(row) row = { { { 0 } } };

	if (count > 0)
		row = TREE(rows)(term, x, y, a, count);
	for (size_t s = 0; s < SUMS; s++) {
		for (size_t half = LANES / 2; half > 0; half /= 2)
			for (size_t l = 0; l < half; l++)
				row.lane[s][l] += row.lane[s][l + half];
		sums.sum[s] = row.lane[s][0];
	}
	return sums;
}

#else

/* A row is some vectors, and each of them has a column below it, whose sum knows nothing of the
 * others: so a tree takes no more registers than that of one column does.
 */
typedef A TREE(vector) __attribute__((vector_size(WIDTH)));
/* A vector of elements where they lie in memory. */
typedef S TREE(source)
	__attribute__((vector_size(WIDTH / sizeof(A) * sizeof(S)), aligned(sizeof(S)), may_alias));

#define COLUMNS (LANES * sizeof(A) / WIDTH)
#define COLUMN_LANES (WIDTH / sizeof(A))

struct TREE(column) {
	TREE(vector) sum[SUMS];
};

struct TREE(row) {
	struct TREE(column) column[COLUMNS];
};

static KERNEL_INLINE TREE(vector) TREE(load)(const S *x)
{
#if WIDTH == 64
	/* gcc 12 would widen two halves, and put them together. */
	if (sizeof(TREE(source)) < WIDTH)
		return (TREE(vector))_mm512_cvtps_pd(*(const __m256_u *)(const void *)x);
#endif
	return __builtin_convertvector(*(const TREE(source) *)x, TREE(vector));
}

static KERNEL_INLINE struct TREE(column)
	TREE(add)(struct TREE(column) left, struct TREE(column) right)
{
	for (size_t s = 0; s < SUMS; s++)
		left.sum[s] += right.sum[s];
	return left;
}

static KERNEL_INLINE struct TREE(row) TREE(add_rows)(struct TREE(row) left, struct TREE(row) right)
{
	for (size_t c = 0; c < COLUMNS; c++)
		left.column[c] = TREE(add)(left.column[c], right.column[c]);
	return left;
}

/* rows1, rows2, and so on: the sum of a column of as many rows. */
static KERNEL_INLINE struct TREE(column) TREE(rows1)(enum term term, const S *x, const S *y, A a)
{
	const TREE(vector) from = TREE(load)(x);
	struct TREE(column) ret;

	if (term == PRODUCT)
		ret.sum[0] = TERM(term, from, TREE(load)(y));
	else
		ret.sum[0] = TERM(term, from, a);
	if (SUMS == 2)
		ret.sum[SUMS - 1] = ret.sum[0] * ret.sum[0];
	return ret;
}

/* Two by two the rows are read in turn; of two that are added at once the second is no load by
 * itself.
 */
#define TWICE(twice, once)                                                                         \
	static KERNEL_INLINE struct TREE(column)                                                   \
		TREE(rows##twice)(enum term term, const S *x, const S *y, A a)                     \
	{                                                                                          \
		const struct TREE(column) left = TREE(rows##once)(term, x, y, a);                  \
		struct TREE(column) both = TREE(add)(                                              \
			left, TREE(rows##once)(term, x + once * LANES, y + once * LANES, a));      \
                                                                                                   \
		for (size_t s = 0; s < SUMS && (twice == 2 || SUMS == 2); s++)                     \
			IN_TURN(both.sum[s]);                                                      \
		return both;                                                                       \
	}

TWICE(2, 1)
TWICE(4, 2)
TWICE(8, 4)
TWICE(16, 8)
TWICE(32, 16)

/* 2^l rows. */
static KERNEL_INLINE struct TREE(row)
	TREE(rows)(const size_t l, enum term term, const S *x, const S *y, A a)
{
	struct TREE(row) row;

	for (size_t c = 0; c < COLUMNS; c++) {
		const S *const xs = x + c * COLUMN_LANES, *const ys = y + c * COLUMN_LANES;

		row.column[c] = l == 5	 ? TREE(rows32)(term, xs, ys, a)
				: l == 3 ? TREE(rows8)(term, xs, ys, a)
					 : TREE(rows1)(term, xs, ys, a);
	}
	return row;
}

#define PLUS(x, y) ((x) + (y))

/* The sum of the lanes, by halves. */
static KERNEL_INLINE struct TREE(sums) TREE(lanes)(struct TREE(row) row)
{
	struct TREE(sums) sums;

	for (size_t half = COLUMNS / 2; half > 0; half /= 2)
		for (size_t c = 0; c < half; c++)
			row.column[c] = TREE(add)(row.column[c], row.column[c + half]);
	for (size_t s = 0; s < SUMS; s++) {
		TREE(vector) sum = row.column[0].sum[s];

		JOIN_HALVES(sum, PLUS);
		sums.sum[s] = sizeof(A) == 4 ? sum[0] + sum[1] : sum[0];
	}
	return sums;
}

/* Adds 2^l rows at a time, as long as there are as many left. level[b] is the sum of the 2^b rows
 * that bit b of `done` stands for: the counter of a binary number, whose carries are additions.
 */
static KERNEL_INLINE size_t TREE(steps)(const size_t l, struct TREE(row) level[], size_t done,
					size_t whole, enum term term, const S *x, const S *y, A a)
{
	for (; (whole - done) >> l > 0; done += (size_t)1 << l) {
		struct TREE(row) rows = TREE(rows)(l, term, x + done * LANES, y + done * LANES, a);
		size_t bit = l;

		for (; done >> bit & 1; bit++)
			rows = TREE(add_rows)(level[bit], rows);
		level[bit] = rows;
	}
	return done;
}

/* The sum over a block: at most 1024 rows. */
static KERNEL_INLINE struct TREE(sums)
	TREE(block)(enum term term, const S *x, const S *y, A a, size_t count)
{
	const size_t whole = count / LANES, rest = count % LANES;
	struct TREE(row) level[11], sum = { { { { { 0 } } } } };
	size_t done = 0;

	/* 32 registers hold a larger tree. */
	if (WIDTH == 64 && SUMS == 1)
		done = TREE(steps)(5, level, done, whole, term, x, y, a);
	done = TREE(steps)(3, level, done, whole, term, x, y, a);
	done = TREE(steps)(0, level, done, whole, term, x, y, a);

	if (rest > 0) {
		S last_x[LANES] = { 0 }, last_y[LANES] = { 0 };

		memcpy(last_x, x + whole * LANES, rest * sizeof(S));
		if (term == PRODUCT)
			memcpy(last_y, y + whole * LANES, rest * sizeof(S));
		sum = TREE(rows)(0, term, last_x, last_y, a);
		/* What is not there does not deviate. */
		for (size_t l = rest; l < LANES && term == DEVIATION; l++)
			for (size_t s = 0; s < SUMS; s++)
				sum.column[l / COLUMN_LANES].sum[s][l % COLUMN_LANES] = 0;
	}
	for (; done > 0; done &= done - 1)
		sum = TREE(add_rows)(level[__builtin_ctzll(done)], sum);
	return TREE(lanes)(sum);
}

#undef PLUS
#undef TWICE
#undef COLUMNS
#undef COLUMN_LANES
#endif

#undef TERM
#undef LANES
