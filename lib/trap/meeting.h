/* SPDX-License-Identifier: MIT
 *
 * lib/trap/meeting.h - the buffers that a range of bytes meets.
 */
#ifndef DEED_MEETING_H
#define DEED_MEETING_H

#include "cell.h"
#include "region.h"

/* Live ones, memory that is lent by its address (DEED_KIND_RAW) too; behind the first few, in
 * mapped pages. */
struct deed_meeting {
	uintptr_t lo, hi;
	uint32_t *cells;
	size_t count, limit;
	uint32_t held; /* the first that is in quarantine; or 0 */
	bool is_stale; /* one of them has ended since: it is to be looked up again */
	uint32_t few[64];
};

/* Around the use of a meeting, of the bytes [lo, hi). Under the raw lock. */
void deed_meeting_begin(struct deed_meeting *meeting, uintptr_t lo, uintptr_t hi);
void deed_meeting_end(const struct deed_meeting *meeting);

/* deed_meeting_has - whether one of the cells is there yet: its owner may end it at any time, but
 * not under its shard lock, which the caller holds. If not, the meeting is stale.
 * deed_meeting_is_in - whether all of the bytes lie in a cell.
 * deed_meeting_region - those that do, as a region of it.
 */
bool deed_meeting_has(struct deed_meeting *meeting, const struct deed_cell *cell);
bool deed_meeting_is_in(const struct deed_meeting *meeting, const struct deed_cell *cell);
struct deed_region deed_meeting_region(const struct deed_meeting *meeting,
				       const struct deed_cell *cell);

#endif
