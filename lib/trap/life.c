/* SPDX-License-Identifier: MIT
 *
 * lib/trap/life.c - the life of a buffer: the cell's row, its place in the address index, its
 * memory, kept in step.
 *
 * All changes of a cell that a handle names are made under its shard lock. The allocator
 * and deleters are called with no lock held, and outside the ledger, for they may come back
 * in.
 */
#include "life.h"

#include <errno.h>

#include "../foreign.h"
#include "history.h"
#include "near.h"
#include "options.h"
#include "quarantine.h"
#include "shard.h"
#include "story.h"

void deed_life_tell(const struct deed_ended *ended)
{
	struct deed_thread *const me = ended->noticed ? deed_enter() : NULL;

	if (me)
		deed_raise(me, ended->noticed);
}

void deed_life_end_memory(const struct deed_ended *ended)
{
	struct deed_foreign foreign;

	if (ended->held)
		deed_quarantine_put(ended->held, ended->memory, ended->cost);
	else if (deed_memory_is_ours(ended->kind))
		deed_memory_free(ended->memory);
	else if (ended->kind == DEED_KIND_ARENA && !ended->is_dead)
		deed_dead_set(ended->memory.base, ended->memory.bytes);
	else if (ended->kind == DEED_KIND_FOREIGN &&
		 deed_foreign_take(ended->memory.base, &foreign))
		deed_foreign_end(&foreign);
	deed_life_tell(ended);
}

static uint32_t log2_of(size_t power)
{
	return (uint32_t)__builtin_ctzl(power);
}

/* Static data, which has no inout loans, buffers of no bytes, which have no loans at all, and
 * options that look at every loan go the slow way. */
void deed_life_set_quick(struct deed_cell *cell)
{
	cell->quick_len = cell->kind <= DEED_KIND_ARENA && deed_cell_bytes(cell) &&
					  !deed_options.pin_handles && !deed_options.loan_stacks &&
					  !deed_options.tsan
				  ? deed_cell_len(cell)
				  : SIZE_MAX;
}

int deed_life_enter(struct deed_thread *me, struct deed_owner *ret,
		    const struct deed_making *making)
{
	uint32_t slot;
	struct deed_cell *const cell =
		deed_cell_take(making->kind, making->count * making->at->element_bytes, &slot);
	uint64_t generation;

	if (!cell)
		return -ENOMEM;
	/* No lock: nobody's handle names this row yet, and nobody looks at one that is not live. */
	generation = deed_word_generation(deed_cell_word(cell));
	cell->base = making->base;
	cell->count = making->count;
	cell->home = ret;
	cell->name = making->at->text;
	cell->element_bytes = (uint32_t)making->at->element_bytes;
	cell->align_log2 = (uint8_t)log2_of(making->align);
	cell->flags = making->is_walled ? DEED_CELL_WALLED : 0;
	deed_cell_event(cell, making->role, making->at, making->stack, generation, me->id);
	deed_life_set_quick(cell);
	__atomic_store_n(&cell->is_live, 1, __ATOMIC_RELEASE);
	deed_near_put(cell, slot);
	deed_handle_set(ret, DEED_TAG_LIVE, slot, generation, deed_cell_len(cell));
	return 0;
}

void deed_life_is_noted(struct deed_thread *me, const struct deed_owner *ret,
			const struct deed_making *making)
{
	const uint32_t slot = deed_word_slot(deed_handle_word(ret));
	struct deed_act act;

	if (!deed_is_in_team(me))
		return;
	act = deed_act_of_all(slot, making->role, making->at, making->frame);
	deed_shard_take(slot);
	deed_history_begins(me, slot);
	(void)deed_history_note(me, &act); /* of which nobody else can know yet */
	deed_shard_give(slot);
}

struct deed_finding *deed_life_notice(struct deed_thread *me, uint32_t slot, const char *verb,
				      bool by_block, const void *frame, const struct deed_site *at)
{
	const struct deed_cell *const cell = deed_cell_at(slot);
	const struct deed_memory memory = deed_memory_of(cell);
	struct deed_damage damage;
	struct deed_finding *finding;

	if (DEED_LIKELY(!deed_memory_is_ours(cell->kind) || deed_memory_is_whole(memory)))
		return NULL;
	damage = deed_memory_look(memory);
	finding = deed_redzone_finding(me, slot, damage, at, frame);
	deed_finding_does(finding, verb, by_block);
	deed_memory_mark(memory); /* what waits is looked at again */
	return finding;
}

/* True if the memory is to wait in quarantine. */
static bool end_of(const struct deed_cell *cell, struct deed_ended *ret)
{
	ret->memory = deed_memory_of(cell);
	ret->kind = (enum deed_kind)cell->kind;
	ret->held = 0;
	ret->is_dead = false;
	ret->noticed = NULL;
	ret->cost = deed_memory_is_ours(cell->kind) ? deed_quarantine_wants(ret->memory) : 0;
	return ret->cost;
}

void deed_life_leave(struct deed_thread *me, struct deed_owner *owner, uint32_t slot,
		     enum deed_role role, uint32_t stack, const struct deed_site *at,
		     struct deed_ended *ret)
{
	struct deed_cell *const cell = deed_cell_at(slot);
	const uint64_t generation = deed_word_generation(deed_cell_word(cell));

	if (end_of(cell, ret) && role != DEED_ROLE_RELEASED)
		ret->held = slot;
	/* Here, for the arena looks at it as soon as it is not live. */
	if (ret->kind == DEED_KIND_ARENA && role != DEED_ROLE_RELEASED) {
		deed_dead_set(cell->base, deed_cell_bytes(cell));
		ret->is_dead = true;
	}
	deed_handle_set(owner, DEED_TAG_DROPPED, slot, generation, 0);
	if (deed_is_in_team(me))
		deed_history_ends(me, slot, role, at);
	deed_cell_event(cell, role, at, stack, generation, me->id);
	cell->quick_len = SIZE_MAX;
	__atomic_store_n(&cell->is_live, 0, __ATOMIC_RELEASE); /* the arena sees all before it */
	(void)deed_cell_bump(cell);
	deed_shard_give(slot);
	if (ret->held) {
		deed_cell_end(cell);
		return;
	}
	deed_near_take(cell, slot);
	deed_cell_give(cell, slot);
}

/* Without memory for a row to tell its story the memory does not wait. */
void deed_life_leave_memory(struct deed_cell *cell, uint32_t slot, struct deed_ended *ret)
{
	struct deed_cell *const copy = end_of(cell, ret) ? deed_cell_copy(cell, &ret->held) : NULL;

	deed_near_take(cell, slot);
	if (copy)
		deed_near_put(copy, ret->held);
}

/* A row goes on with the buffer of another: what is known of its birth, but in its own time. */
static void go_on(struct deed_cell *cell, const struct deed_cell *old)
{
	deed_cell_be(cell, old);
	cell->event_count = 0;
	deed_cell_event(cell, (enum deed_role)(old->event_who[0] >> 24), old->event_site[0],
			old->event_stack[0], deed_word_generation(deed_cell_word(cell)),
			old->event_who[0] & 0xffffff);
}

uint32_t deed_life_leave_arena(struct deed_thread *me, struct deed_cell *cell, uint32_t slot,
			       uint32_t stack, const struct deed_site *at, struct deed_ended *ret)
{
	uint32_t fresh_slot;
	/* Counted as ended, as the old row will be. */
	struct deed_cell *const fresh = deed_cell_copy(cell, &fresh_slot);

	if (!fresh)
		deed_ledger_stops("no row for a buffer that leaves its arena");
	(void)end_of(cell, ret);
	go_on(fresh, cell);
	deed_near_take(cell, slot);
	deed_dead_set(cell->base, deed_cell_bytes(cell));
	ret->is_dead = true;
	deed_cell_event(cell, DEED_ROLE_RESIZED, at, stack,
			deed_word_generation(deed_cell_word(cell)), me->id);
	cell->quick_len = SIZE_MAX;
	__atomic_store_n(&cell->is_live, 0, __ATOMIC_RELEASE);
	(void)deed_cell_bump(cell);
	deed_cell_queue(slot);
	fresh->is_live = 1;
	return fresh_slot;
}

uint32_t deed_life_fresh_row(struct deed_cell *old, uint32_t old_slot)
{
	uint32_t slot;
	/* Neither row is counted: the buffer is, as it was. */
	struct deed_cell *const cell = deed_cell_take(DEED_KIND_RAW, 0, &slot);

	if (!cell)
		deed_ledger_stops("no row for a buffer whose generations are used up");
	go_on(cell, old);
	deed_near_take(old, old_slot);
	old->is_live = 0;
	old->quick_len = SIZE_MAX;
	cell->is_live = 1;
	deed_life_set_quick(cell);
	deed_near_put(cell, slot);
	return slot; /* the old row is retired: nobody gives it back */
}
