/* SPDX-License-Identifier: MIT
 *
 * lib/kernels/scan.h - prefix sums: y[i] is the sum of x[0] .. x[i]. A template: see bodies.h.
 *
 * A row is 64 bytes, of four quads of 16 bytes. A quad is scanned by doubling: each element and the
 * one before it, and then, where a quad has four, each and the one two before. The quads' totals
 * are scanned in the same way, and each quad's elements take the total of those before it. To all
 * of that the last sum of the row before is added; to the first row's, +0. What the last row lacks
 * counts as +0. So no zero result is -0; and the error of y[i] is at most (i / LANES + 5) u times
 * the sum of the absolute values, where the obvious loop has i u.
 */

#define LANES (64 / sizeof(T))
#define QUAD (16 / sizeof(T))

#if WIDTH == 0

typedef T NAME(carry);

/* One row, to which the sum before it is added; the sum after it. x is y, or does not overlap it.
 */
static NAME(carry) NAME(scan_row)(T *y, const T *x, NAME(carry) before)
{
	T row[LANES], total[4];

	memcpy(row, x, sizeof(row));

	for (size_t step = 1; step < QUAD; step *= 2)
		for (size_t l = LANES; l-- > 0;)
			if (l % QUAD >= step)
				row[l] += row[l - step];
	for (size_t q = 0; q < 4; q++)
		total[q] = row[q * QUAD + QUAD - 1];
	for (size_t step = 1; step < 4; step *= 2)
		for (size_t q = 4; q-- > step;)
			total[q] += total[q - step];
	for (size_t l = 0; l < LANES; l++)
		y[l] = (l < QUAD ? row[l] : row[l] + total[l / QUAD - 1]) + before;
	return y[LANES - 1];
}

#else

/* A quad, as it lies in memory, and as other things than T. */
typedef T NAME(quad) __attribute__((vector_size(16)));
typedef T NAME(loose_quad) __attribute__((vector_size(16), aligned(sizeof(T)), may_alias));
typedef int32_t NAME(four) __attribute__((vector_size(16)));
typedef int64_t NAME(two) __attribute__((vector_size(16)));

static KERNEL_INLINE NAME(quad) NAME(scan_quad)(NAME(quad) quad)
{
	const NAME(quad) zeros = { 0 };

	if (QUAD == 4)
		quad += (NAME(quad))__builtin_shufflevector((NAME(four))quad, (NAME(four))zeros, 4,
							    0, 1, 2);
	return quad + (NAME(quad))__builtin_shufflevector((NAME(two))quad, (NAME(two))zeros, 2, 0);
}

static KERNEL_INLINE NAME(quad) NAME(last)(NAME(quad) quad)
{
	return QUAD == 4 ? (NAME(quad))__builtin_shufflevector((NAME(four))quad, (NAME(four))quad,
							       3, 3, 3, 3)
			 : (NAME(quad))__builtin_shufflevector((NAME(two))quad, (NAME(two))quad, 1,
							       1);
}

typedef NAME(quad) NAME(carry); /* the same in all lanes */

/* Quads are for every rung: a wider vector loses between its quads what it saves in additions. Only
 * one addition waits for the row before.
 */
static KERNEL_INLINE NAME(carry) NAME(scan_row)(T *y, const T *x, NAME(carry) before)
{
	NAME(quad) quad[4];

	for (size_t q = 0; q < 4; q++)
		quad[q] = NAME(scan_quad)(*(const NAME(loose_quad) *)(x + q * QUAD));

	const NAME(quad) first = NAME(last)(quad[0]), second = NAME(last)(quad[1]);
	const NAME(quad) third = NAME(last)(quad[2]);

	quad[1] += first;
	quad[2] += second + first;
	quad[3] += third + second + first;
	for (size_t q = 0; q < 4; q++)
		*(NAME(loose_quad) *)(y + q * QUAD) = quad[q] + before;
	return NAME(last)(quad[3]) + before;
}

#endif

/* x is y, or does not overlap it. */
static void NAME(scan)(T *y, const T *x, size_t count)
{
	NAME(carry) sum = { 0 };
	size_t i = 0;

	for (; count - i >= LANES; i += LANES)
		sum = NAME(scan_row)(y + i, x + i, sum);
	if (i < count) {
		T row[LANES] = { 0 };

		memcpy(row, x + i, (count - i) * sizeof(T));
		(void)NAME(scan_row)(row, row, sum);
		memcpy(y + i, row, (count - i) * sizeof(T));
	}
}

static void NAME(prefix_sum)(T *restrict y, const T *restrict x, size_t count)
{
	NAME(scan)(y, x, count);
}

static void NAME_BY(prefix_sum)(T *y, size_t count)
{
	NAME(scan)(y, y, count);
}

#undef LANES
#undef QUAD
