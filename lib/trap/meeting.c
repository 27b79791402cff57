/* SPDX-License-Identifier: MIT
 *
 * lib/trap/meeting.c - the buffers that a range of bytes meets.
 *
 * They are looked up by address (near.h), and listed: a range may go over many. Those that have
 * ended are in quarantine, and no longer anybody's: of these it is enough to know one.
 *
 *     a buffer, which an arena was given     [-----------------------------------]
 *     buffers of the arena                      [--------]        [---------]
 *     a range, which meets its buffer alone         [--]
 *     a range, which meets all three                      [---------]
 */
#include "meeting.h"

#include <string.h>

#include "../os.h"
#include "near.h"
#include "thread.h"

static bool see_cell(uint32_t slot, void *context)
{
	struct deed_meeting *const meeting = context;

	if (!deed_cell_at(slot)->is_live) { /* in quarantine */
		meeting->held = meeting->held ? meeting->held : slot;
		return true;
	}
	if (meeting->count == meeting->limit) {
		const size_t bytes = meeting->limit * sizeof *meeting->cells;
		uint32_t *const more = deed_os_map(2 * bytes);

		if (!more)
			deed_ledger_stops("no memory to list the buffers in a range that is lent");
		memcpy(more, meeting->cells, bytes);
		if (meeting->cells != meeting->few)
			deed_os_unmap(meeting->cells, bytes);
		meeting->cells = more;
		meeting->limit *= 2;
	}
	meeting->cells[meeting->count++] = slot;
	return true;
}

bool deed_meeting_has(struct deed_meeting *meeting, const struct deed_cell *cell)
{
	const uintptr_t base = (uintptr_t)cell->base;

	/* Its row may be another one's by now, which lies elsewhere. */
	if (!cell->is_live || meeting->lo >= base + deed_cell_bytes(cell) || base >= meeting->hi)
		meeting->is_stale = true;
	return !meeting->is_stale;
}

bool deed_meeting_is_in(const struct deed_meeting *meeting, const struct deed_cell *cell)
{
	const uintptr_t base = (uintptr_t)cell->base;

	return meeting->lo >= base && meeting->hi <= base + deed_cell_bytes(cell);
}

/* What lies in an arena is the arena's buffer alone, whatever the arena lies in: of several the
 * smallest, for there are arenas in arenas; but of a block (DEED_CELL_BLOCK), the buffer that its
 * holder has made of it.
 */
static void keep_innermost(struct deed_meeting *meeting)
{
	uint32_t inner = 0;
	bool is_in_arena = false;

	for (size_t i = 0; i < meeting->count; i++) {
		const struct deed_cell *const cell = deed_cell_at(meeting->cells[i]);
		const size_t bytes = deed_cell_bytes(cell);
		const size_t least = inner ? deed_cell_bytes(deed_cell_at(inner)) : SIZE_MAX;

		if (cell->kind == DEED_KIND_RAW || !deed_meeting_is_in(meeting, cell))
			continue;
		is_in_arena |= cell->kind == DEED_KIND_ARENA;
		if (bytes < least || (bytes == least && !(cell->flags & DEED_CELL_BLOCK)))
			inner = meeting->cells[i];
	}
	if (is_in_arena) {
		meeting->cells[0] = inner;
		meeting->count = 1;
	}
}

void deed_meeting_begin(struct deed_meeting *meeting, uintptr_t lo, uintptr_t hi)
{
	meeting->lo = lo;
	meeting->hi = hi;
	meeting->cells = meeting->few;
	meeting->held = 0;
	meeting->is_stale = false;
	meeting->count = 0;
	meeting->limit = DEED_ARRAY_LEN(meeting->few);
	deed_near_search(lo, hi, see_cell, meeting);
	keep_innermost(meeting);
}

void deed_meeting_end(const struct deed_meeting *meeting)
{
	if (meeting->cells != meeting->few)
		deed_os_unmap(meeting->cells, meeting->limit * sizeof *meeting->cells);
}

struct deed_region deed_meeting_region(const struct deed_meeting *meeting,
				       const struct deed_cell *cell)
{
	const uintptr_t base = (uintptr_t)cell->base;
	const uintptr_t end = base + deed_cell_bytes(cell);
	const uintptr_t lo = meeting->lo > base ? meeting->lo : base;
	const uintptr_t hi = meeting->hi < end ? meeting->hi : end;
	const struct deed_region region = { lo - base, hi - lo, 0, 1 };

	return region;
}
