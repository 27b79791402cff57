/* SPDX-License-Identifier: MIT
 *
 * lib/trap/owner.c - what a handle at hand is worth: the table of states, E01 to E08.
 *
 *                 EMPTY     LIVE             MOVED   DROPPED
 *     new, ...    makes     E02 if its own   makes   makes
 *     use         E01       fine             E03     E04
 *     drop        nothing   ends             E03     E05
 *     settle      nothing   ends             nothing nothing
 *
 * The tag in the handle decides; for a bit copy, whose tag still says LIVE, the cell does:
 * its generation has moved on, and its events say by what. The cell knows the address of
 * the handle that owns it (home), which tells an owner about to be overwritten (E02) from
 * the relic of a struct that was moved by memcpy.
 */
#include "owner.h"

#include "deed/own.h"
#include "guard.h"
#include "history.h"
#include "hot_region.h"
#include "memory.h"
#include "options.h"
#include "shard.h"
#include "task.h"
#include "unfit.h"

uint32_t deed_owner_open(struct deed_thread *me, const struct deed_owner *owner,
			 enum deed_owner_use use, const void *frame, const struct deed_site *at,
			 struct deed_finding **ret_finding)
{
	struct deed_cell *cell;
	uint64_t handle, generation;
	uint32_t slot;

	deed_show_read(owner, sizeof *owner, frame);
again:
	handle = deed_handle_word(owner);
	slot = deed_word_slot(handle);
	cell = deed_cell_at(slot);
	if (!handle) {
		*ret_finding = deed_owner_is_empty(me, use, frame, at);
		return 0;
	}
	if (!cell) {
		*ret_finding = deed_owner_is_no_handle(me, owner, use, frame, at);
		return 0;
	}
	deed_shard_take(slot);
	/* A resize writes the handle under this lock. Who has waited for it here would take the old
	 * words for a copy that is stale, though they are of this very handle. */
	if (DEED_UNLIKELY(deed_handle_word(owner) != handle)) {
		deed_shard_give(slot);
		goto again;
	}
	generation = deed_word_generation(deed_cell_word(cell));
	if (deed_word_tag(handle) == DEED_TAG_LIVE && deed_word_generation(handle) == generation &&
	    cell->is_live && deed_cell_is_buffer(cell) && owner->len == deed_cell_len(cell)) {
		if (cell->element_bytes != at->element_bytes)
			*ret_finding = deed_owner_is_of_another_type(me, slot, use, frame, at);
		else if (deed_options.pin_handles && use != DEED_USE_BY_VALUE &&
			 cell->kind != DEED_KIND_MALLOC && cell->home != owner)
			*ret_finding = deed_owner_is_not_at_home(me, slot, owner, use, frame, at);
		else
			return slot;
	} else if (deed_word_generation(handle) < generation) {
		*ret_finding = deed_owner_is_stale(me, owner, use, frame, at);
	} else {
		*ret_finding = deed_owner_is_no_handle(me, owner, use, frame, at);
	}
	deed_shard_give(slot);
	return 0;
}

/* False if it is lent: whoever lends it quickly meanwhile is seen, or waits. */
static bool lock_unlent(struct deed_cell *cell)
{
	uint64_t word = deed_cell_word(cell);

	do
		if (word & DEED_CELL_LENT)
			return false;
	while (!deed_cell_change(cell, &word, word | DEED_CELL_LOCK));
	return true;
}

uint32_t deed_owner_open_unlent(struct deed_thread *me, const struct deed_owner *owner,
				enum deed_owner_use use, const void *frame,
				const struct deed_site *at, struct deed_finding **ret_finding)
{
	uint32_t slot;

	deed_task_see(me, frame, at);
	slot = deed_owner_open(me, owner, use, frame, at, ret_finding);
	if (slot && deed_is_in_team(me) &&
	    (*ret_finding = deed_owner_was_had_by_another(me, slot, use, frame, at))) {
		deed_shard_give(slot);
		return 0;
	}
	if (!slot || lock_unlent(deed_cell_at(slot)))
		return slot;
	if (deed_guard_is_dead(me, frame)) {
		deed_shard_give(slot);
		(void)deed_guards_end_jumped_over(me, at, frame);
		slot = deed_owner_open(me, owner, use, frame, at, ret_finding);
		if (!slot || lock_unlent(deed_cell_at(slot)))
			return slot;
	}
	*ret_finding = deed_owner_is_lent(me, slot, use, frame, at);
	deed_shard_give(slot);
	return 0;
}

void deed_owner_close(uint32_t slot)
{
	__atomic_and_fetch(&deed_cell_at(slot)->word, ~DEED_CELL_LOCK, __ATOMIC_RELEASE);
	deed_shard_give(slot);
}

/* Whether `ret` may be overwritten: false, and E02 raised, if it is the home of a live buffer. */
bool deed_owner_is_free(struct deed_thread *me, const struct deed_owner *ret, const char *doing,
			uint32_t source, const void *frame, const struct deed_site *at)
{
	const uint64_t handle = deed_handle_word(ret);
	const uint32_t slot = deed_word_slot(handle);
	struct deed_cell *const cell = deed_cell_at(slot);
	struct deed_finding *finding = NULL;

	deed_show_read(ret, sizeof *ret, frame);
	if (deed_word_tag(handle) != DEED_TAG_LIVE || !cell)
		return true;
	deed_shard_take(slot);
	if (cell->is_live && cell->home == ret &&
	    deed_word_generation(handle) == deed_word_generation(deed_cell_word(cell))) {
		const struct deed_plain name = deed_plain(at->text);

		finding = deed_finding_begin(me, DEED_E02, at, frame);
		deed_finding_cell(finding, slot);
		deed_finding_all_loans(finding, slot);
		deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
		if (deed_is_in_team(me))
			deed_history_tell_maker(me, finding, slot);
		deed_finding_say(finding, "%s `%s` would lose the %zu bytes that it still owns",
				 doing, name.text, deed_cell_bytes(cell));
	}
	deed_shard_give(slot);
	if (!finding)
		return true;
	if (source) {
		deed_shard_take(source);
		if (deed_cell_is_handed_over(deed_cell_at(source)))
			deed_finding_event(finding, source,
					   deed_cell_latest_move(deed_cell_at(source)),
					   DEED_ROLE_MOVED);
		deed_shard_give(source);
	}
	deed_raise(me, finding);
	return false;
}

struct deed_thread *deed_enter_to_make(const struct deed_owner *ret, const char *doing,
				       const void *frame, const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding;

	if (!me) {
		deed_reentered(at, frame);
		return NULL;
	}
	deed_task_see(me, frame, at);
	if (!deed_owner_is_free(me, ret, doing, 0, frame, at))
		return NULL;
	finding = deed_is_in_team(me) ? deed_history_left(me, ret, "made anew", frame, at) : NULL;
	if (finding) {
		deed_raise(me, finding);
		return NULL;
	}
	return me;
}

/* ---- asking --------------------------------------------------------------------------------- */

DEED_EXPORT int deed_trap_owns(const struct deed_owner *owner)
{
	const uint64_t handle = deed_handle_word(owner);
	const struct deed_cell *const cell = deed_cell_at(deed_word_slot(handle));

	deed_show_read(owner, sizeof *owner, NULL);
	return deed_word_tag(handle) == DEED_TAG_LIVE && cell &&
	       deed_word_generation(handle) == deed_word_generation(deed_cell_word(cell)) &&
	       __atomic_load_n(&cell->is_live, __ATOMIC_RELAXED);
}

DEED_EXPORT size_t deed_trap_len(const struct deed_owner *owner, const void *frame,
				 const struct deed_site *at)
{
	struct deed_thread *me;
	struct deed_finding *finding = NULL;
	uint32_t slot;

	if (!deed_handle_word(owner))
		return 0;
	me = deed_enter();
	if (!me) {
		deed_reentered(at, frame);
		return 0;
	}
	slot = deed_owner_open(me, owner, DEED_USE_BY_VALUE, frame, at, &finding);
	if (!slot) {
		deed_raise(me, finding);
		return 0;
	}
	deed_shard_give(slot);
	deed_leave_verb(me, frame, at);
	return owner->len & DEED_LEN_MAX;
}

DEED_EXPORT void deed_trap_immortal(struct deed_owner *owner, const void *frame,
				    const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding = NULL;
	const void *base;
	uint32_t slot;

	if (!me) {
		deed_reentered(at, frame);
		return;
	}
	slot = deed_owner_open(me, owner, DEED_USE_ANY, frame, at, &finding);
	if (!slot) {
		deed_raise(me, finding);
		return;
	}
	deed_cell_at(slot)->flags |= DEED_CELL_IMMORTAL;
	base = deed_cell_at(slot)->base;
	deed_shard_give(slot);
	deed_memory_is_reachable(base);
	deed_leave(me);
}
