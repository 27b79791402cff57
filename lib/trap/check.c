/* SPDX-License-Identifier: MIT
 *
 * lib/trap/check.c - every buffer's edges, and all ended memory, at any time.
 *
 * Row by row, each under its shard lock, which keeps a live buffer where it is; ended memory
 * is kept where it is by the quarantine. Reports are made with no lock held, so other
 * buffers may come and go meanwhile.
 */
#include "check.h"

#include <stdio.h>

#include "carve.h"
#include "memory.h"
#include "quarantine.h"
#include "shard.h"
#include "story.h"
#include "thread.h"

/* Under the shard lock. */
static struct deed_finding *look(struct deed_thread *me, uint32_t slot, unsigned but_flags,
				 bool *ret_looked)
{
	const struct deed_cell *const cell = deed_cell_at(slot);
	struct deed_memory memory;
	struct deed_damage damage;

	*ret_looked = false;
	if (!deed_memory_is_ours(cell->kind) || (cell->flags & but_flags))
		return NULL;
	if (!cell->is_live)
		return deed_quarantine_look(me, slot, ret_looked);
	*ret_looked = true;
	memory = deed_memory_of(cell);
	if (deed_memory_is_whole(memory))
		return NULL;
	damage = deed_memory_look(memory);
	deed_memory_mark(memory); /* for whoever looks next */
	return deed_redzone_finding(me, slot, damage, NULL, NULL);
}

size_t deed_check_memory(unsigned but_flags, const char *when)
{
	const uint32_t made = deed_cells_made();
	size_t looked_at = 0;

	for (uint32_t slot = 1; slot < made; slot++) {
		struct deed_thread *const me = deed_enter();
		struct deed_finding *finding;
		bool looked;

		if (!me)
			break;
		deed_shard_take(slot);
		finding = look(me, slot, but_flags, &looked);
		deed_shard_give(slot);
		looked_at += looked;
		if (finding) {
			deed_finding_noticed(finding, when);
			deed_raise(me, finding);
		} else {
			deed_leave(me);
		}
	}
	return looked_at;
}

size_t deed_trap_check_all(const struct deed_site *at)
{
	char when[256];

	snprintf(when, sizeof when, "by deed_check_all() at %s:%u", at->file, (unsigned)at->line);
	return deed_check_memory(0, when) + deed_arenas_check(0, when);
}
