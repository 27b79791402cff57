/* SPDX-License-Identifier: MIT
 *
 * lib/trap/region.c - exact overlap of ranges and tiles.
 *
 * For tiles of one pitch s: row i of a and row j of b begin k = i - j rows apart, and meet
 * iff  -w2 < d + k * s < w1  with d = o2 - o1 taken for k = j - i. So the rows that can meet
 * are the k of one interval, and the tiles meet iff that interval has a k which the row
 * counts allow: constant time. Different pitches: every row of the tile with fewer rows,
 * as a tile of one row, against the other.
 */
#include "region.h"

static int64_t floor_div(int64_t a, int64_t b)
{
	const int64_t quotient = a / b;

	return quotient - (a % b != 0 && a < 0);
}

static int64_t ceil_div(int64_t a, int64_t b)
{
	return -floor_div(-a, b);
}

/* Rows of both are `pitch` apart. Row i of a meets row j of b iff, with k = j - i,
 * d + k * pitch lies strictly between -b.width and a.width. The hulls meet, and end below 2^63: so
 * do all numbers here. */
static bool meets_at_pitch(struct deed_region a, struct deed_region b, size_t pitch)
{
	const int64_t d = (int64_t)b.lo - (int64_t)a.lo;
	const int64_t s = (int64_t)pitch;
	const int64_t k_min = floor_div(-(int64_t)b.width - d, s) + 1;
	const int64_t k_max = ceil_div((int64_t)a.width - d, s) - 1;
	const int64_t low = -((int64_t)a.rows - 1);
	const int64_t high = (int64_t)b.rows - 1;

	return (k_min > low ? k_min : low) <= (k_max < high ? k_max : high);
}

static struct deed_region flattened(struct deed_region region)
{
	if (region.rows > 1 && region.pitch == region.width) {
		region.width *= region.rows;
		region.rows = 1;
	}
	return region;
}

bool deed_region_meets(struct deed_region a, struct deed_region b)
{
	struct deed_region row;

	if (a.lo >= deed_region_hi(b) || b.lo >= deed_region_hi(a))
		return false;
	a = flattened(a);
	b = flattened(b);
	if (a.rows == 1 && b.rows == 1)
		return true; /* the hulls are the regions */
	if (a.rows == 1)
		return meets_at_pitch(a, b, b.pitch);
	if (b.rows == 1 || a.pitch == b.pitch)
		return meets_at_pitch(a, b, a.pitch);
	if (a.rows > b.rows)
		return deed_region_meets(b, a);
	row = a;
	row.rows = 1;
	for (size_t i = 0; i < a.rows; i++, row.lo += a.pitch)
		if (deed_region_meets(row, b))
			return true;
	return false;
}

/* A run of bytes lies inside a tile iff it lies inside one row of it. */
static bool holds_row(struct deed_region outer, size_t lo, size_t width)
{
	size_t column;

	if (lo < outer.lo || lo + width > deed_region_hi(outer))
		return false;
	if (outer.rows == 1)
		return true;
	column = (lo - outer.lo) % outer.pitch;
	return column < outer.width && width <= outer.width - column;
}

bool deed_region_holds(struct deed_region outer, struct deed_region inner)
{
	outer = flattened(outer);
	inner = flattened(inner);
	if (outer.rows == 1)
		return inner.lo >= outer.lo && deed_region_hi(inner) <= deed_region_hi(outer);
	for (size_t i = 0; i < inner.rows; i++)
		if (!holds_row(outer, inner.lo + i * inner.pitch, inner.width))
			return false;
	return true;
}
