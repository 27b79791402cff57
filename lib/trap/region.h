/* SPDX-License-Identifier: MIT
 *
 * lib/trap/region.h - which bytes of a buffer a loan covers, and whether two meet.
 *
 * A region is `rows` runs of `width` bytes, each `pitch` bytes after the last, beginning at
 * `lo`. A contiguous range is one row. Overlap is exact: two tiles meet when they share a
 * byte, not when their hulls do, for hulls turn the columns of one matrix into conflicts.
 *
 *     hull = [lo, hi),  hi = lo + (rows - 1) * pitch + width
 *
 * Invariant: width > 0, rows > 0, nothing wraps; rows > 1 implies pitch >= width.
 */
#ifndef DEED_REGION_H
#define DEED_REGION_H

#include "../base.h"

struct deed_region {
	size_t lo, width, pitch, rows;
};

static inline size_t deed_region_hi(struct deed_region region)
{
	return region.lo + (region.rows - 1) * region.pitch + region.width;
}

static inline bool deed_region_is_flat(struct deed_region region)
{
	return region.rows == 1 || region.pitch == region.width;
}

/* Whether the regions share a byte. */
bool deed_region_meets(struct deed_region a, struct deed_region b);

/* Whether every byte of `inner` is one of `outer`. */
bool deed_region_holds(struct deed_region outer, struct deed_region inner);

#endif
