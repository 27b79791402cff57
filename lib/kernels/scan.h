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

/* One row, in place. */
static void NAME(scan_row)(T *row, T before)
{
	T total[4];

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
		row[l] = (l < QUAD ? row[l] : row[l] + total[l / QUAD - 1]) + before;
}

/* x is y, or does not overlap it. */
static void NAME(scan)(T *y, const T *x, size_t count)
{
	T sum = 0;

	for (size_t i = 0; i < count; i += LANES) {
		const size_t size = (count - i < LANES ? count - i : LANES) * sizeof(T);
		T row[LANES] = { 0 };

		memcpy(row, x + i, size);
		NAME(scan_row)(row, sum);
		memcpy(y + i, row, size);
		sum = row[LANES - 1];
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
