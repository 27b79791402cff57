/* SPDX-License-Identifier: MIT
 *
 * lib/trap/where.c - from an address, which may be anybody's, to a buffer and a distance.
 */
#include "where.h"

#include "label.h"
#include "near.h"
#include "story.h"

struct look {
	uintptr_t address;
	size_t around;
	bool in_arenas;
	struct deed_where best;
};

static bool see(uint32_t slot, void *context)
{
	struct look *const look = context;
	const struct deed_cell *const cell = deed_cell_at(slot);
	const uintptr_t base = (uintptr_t)cell->base, end = base + deed_cell_bytes(cell);
	struct deed_where this = { slot, DEED_SIDE_INSIDE, look->address - base };

	if (cell->kind == DEED_KIND_RAW || (look->in_arenas && cell->kind != DEED_KIND_ARENA))
		return true;
	if (look->address < base)
		this = (struct deed_where){ slot, DEED_SIDE_FRONT, base - look->address };
	else if (look->address >= end)
		this = (struct deed_where){ slot, DEED_SIDE_BEHIND, look->address - end };
	if (this.side != DEED_SIDE_INSIDE && this.far >= look->around)
		return true;
	if (!look->best.slot || this.side == DEED_SIDE_INSIDE || this.far < look->best.far)
		look->best = this;
	return this.side != DEED_SIDE_INSIDE;
}

static void search(struct look *look)
{
	const uintptr_t address = look->address, around = look->around;
	const uintptr_t lo = address > around ? address - around : 0;
	const uintptr_t hi = address < UINTPTR_MAX - around ? address + around + 1 : UINTPTR_MAX;

	deed_near_search(lo, hi, see, look);
}

struct deed_where deed_where(uintptr_t address, size_t around)
{
	struct look look = { .address = address, .around = around };

	search(&look);
	return look.best;
}

struct deed_where deed_where_in_arenas(uintptr_t address, size_t around)
{
	struct look look = { .address = address, .around = around, .in_arenas = true };
	const uint32_t made = deed_cells_made();

	search(&look);
	if (look.best.slot && look.best.side == DEED_SIDE_INSIDE)
		return look.best;
	for (uint32_t slot = 1; slot < made; slot++) {
		const struct deed_cell *const cell = deed_cell_at(slot);
		const uintptr_t base = (uintptr_t)cell->base;

		if (cell->kind == DEED_KIND_ARENA && cell->event_count && !cell->is_live &&
		    address - base < deed_cell_bytes(cell) &&
		    (!look.best.slot || cell->id > deed_cell_at(look.best.slot)->id))
			look.best = (struct deed_where){ slot, DEED_SIDE_INSIDE, address - base };
	}
	return look.best;
}

void deed_put_where(struct deed_writer *out, const struct deed_where *where)
{
	const struct deed_plain name = deed_cell_name(deed_cell_at(where->slot));

	if (where->side == DEED_SIDE_INSIDE)
		deed_put_format(out, "byte %zu of ", where->far);
	else
		deed_put_format(out, "%zu byte%s %s ", where->far, where->far == 1 ? "" : "s",
				where->side == DEED_SIDE_FRONT ? "in front of" : "behind");
	deed_put_name(out, name.text);
}
