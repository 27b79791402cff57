/* SPDX-License-Identifier: MIT
 *
 * lib/trap/quarantine.c - the queue of ended memory. The design is at the head of quarantine.h.
 *
 * Whoever puts memory in takes out what is too much then, some at a time: out of the queue
 * and the index inside the ledger, to the allocator outside, for it may come back in.
 */
#include "quarantine.h"

#include "../lock.h"
#include "near.h"
#include "options.h"
#include "story.h"
#include "tree.h"

static struct {
	struct deed_lock lock;
	uint32_t oldest, youngest;
	size_t count, bytes;
	bool is_closed;
} held;

/* What leaves together. The last one may be damaged, and keeps its row until that is told. */
struct leaving {
	struct deed_memory memory[16];
	size_t count;
	uint32_t damaged;
	enum deed_fault fault;
	struct deed_damage damage;
};

static size_t cost_of(struct deed_memory memory)
{
	return deed_memory_block(memory) + sizeof(struct deed_cell);
}

static size_t limit_now(void)
{
	return deed_options.tsan || __atomic_load_n(&held.is_closed, __ATOMIC_RELAXED)
		       ? 0
		       : deed_options.quarantine;
}

bool deed_quarantine_wants(struct deed_memory memory)
{
	return cost_of(memory) <= limit_now();
}

/* Damage of the buffer itself comes first: what writes far beyond a buffer, too, is told by where
 * it began. */
static enum deed_fault look_at(struct deed_memory memory, struct deed_damage *ret)
{
	*ret = deed_dead_look(memory.base, memory.bytes);
	if (ret->first)
		return DEED_E04;
	*ret = deed_memory_look(memory);
	return ret->first ? DEED_E25 : DEED_NO_FAULT;
}

/* Under the shard lock. */
static struct deed_finding *tell(struct deed_thread *me, uint32_t slot, enum deed_fault fault,
				 struct deed_damage damage)
{
	return fault == DEED_E04 ? deed_dead_finding(me, slot, damage, NULL, NULL)
				 : deed_redzone_finding(me, slot, damage, NULL, NULL);
}

/* ---- coming and going ----------------------------------------------------------------------- */

/* Who puts memory in looks at the sum without the lock: it may be a little late, or early. */
static void set_bytes(size_t bytes)
{
	__atomic_store_n(&held.bytes, bytes, __ATOMIC_RELAXED);
}

static void link_youngest(uint32_t slot, size_t cost)
{
	struct deed_cell *const cell = deed_cell_at(slot);

	cell->younger = 0;
	cell->flags |= DEED_CELL_HELD;
	if (held.youngest)
		deed_cell_at(held.youngest)->younger = slot;
	else
		held.oldest = slot;
	held.youngest = slot;
	held.count++;
	set_bytes(held.bytes + cost);
}

/* The oldest, if there is more than `limit`; else 0. */
static uint32_t unlink_oldest(size_t limit)
{
	const uint32_t slot = held.oldest;
	struct deed_cell *cell;

	if (!slot || held.bytes <= limit)
		return 0;
	cell = deed_cell_at(slot);
	cell->flags &= (uint8_t)~DEED_CELL_HELD;
	held.oldest = cell->younger;
	if (!held.oldest)
		held.youngest = 0;
	held.count--;
	set_bytes(held.bytes - cost_of(deed_memory_of(cell)));
	return slot;
}

/* Inside the ledger. False when no more than `limit` is there. */
static bool take_out(struct leaving *leaving, size_t limit)
{
	leaving->count = 0;
	leaving->damaged = 0;
	while (leaving->count < DEED_ARRAY_LEN(leaving->memory) && !leaving->damaged) {
		struct deed_cell *cell;
		uint32_t slot;

		deed_lock_take(&held.lock);
		slot = unlink_oldest(limit);
		deed_lock_give(&held.lock);
		if (!slot)
			break;
		cell = deed_cell_at(slot);
		leaving->memory[leaving->count] = deed_memory_of(cell);
		leaving->fault = look_at(leaving->memory[leaving->count], &leaving->damage);
		leaving->count++;
		deed_near_take(cell, slot);
		if (leaving->fault)
			leaving->damaged = slot;
		else
			deed_cell_queue(cell, slot);
	}
	return leaving->count;
}

/* Outside. */
static void let_go(const struct leaving *leaving)
{
	struct deed_finding *finding;
	struct deed_thread *me;

	for (size_t i = 0; i < leaving->count; i++)
		deed_memory_free(leaving->memory[i]);
	me = leaving->damaged ? deed_enter() : NULL;
	if (!me)
		return;
	deed_shard_take(leaving->damaged);
	finding = tell(me, leaving->damaged, leaving->fault, leaving->damage);
	deed_shard_give(leaving->damaged);
	deed_cell_queue(deed_cell_at(leaving->damaged), leaving->damaged);
	deed_raise(me, finding);
}

/* Until no more than `limit` is there; true if anything went. Outside. */
static bool shrink(size_t limit)
{
	struct leaving leaving = { .count = 0 };
	bool any = false;

	for (;;) {
		struct deed_thread *const me = deed_enter();
		const bool some = me && take_out(&leaving, limit);

		if (me)
			deed_leave(me);
		if (!some)
			return any;
		any = true;
		let_go(&leaving);
	}
}

void deed_quarantine_put(uint32_t slot)
{
	const struct deed_memory memory = deed_memory_of(deed_cell_at(slot));
	struct deed_thread *const me = deed_enter();

	/* Before it is in the queue, for whoever takes it out looks for the pattern. */
	deed_dead_set(memory.base, memory.bytes);
	deed_lock_take(&held.lock);
	link_youngest(slot, cost_of(memory));
	deed_lock_give(&held.lock);
	deed_leave(me);
	if (__atomic_load_n(&held.bytes, __ATOMIC_RELAXED) > limit_now())
		(void)shrink(limit_now());
}

bool deed_quarantine_empty(void)
{
	return shrink(0);
}

void deed_quarantine_close(void)
{
	__atomic_store_n(&held.is_closed, true, __ATOMIC_RELAXED);
	(void)shrink(0);
}

/* ---- looking -------------------------------------------------------------------------------- */

struct deed_finding *deed_quarantine_look(struct deed_thread *me, uint32_t slot, bool *ret_looked)
{
	const struct deed_cell *const cell = deed_cell_at(slot);
	struct deed_finding *finding = NULL;
	struct deed_damage damage;
	enum deed_fault fault;

	deed_lock_take(&held.lock);
	*ret_looked = cell->flags & DEED_CELL_HELD;
	fault = *ret_looked ? look_at(deed_memory_of(cell), &damage) : DEED_NO_FAULT;
	if (fault) {
		finding = tell(me, slot, fault, damage);
		deed_dead_set(cell->base, deed_cell_bytes(cell));
		deed_memory_mark(deed_memory_of(cell));
	}
	deed_lock_give(&held.lock);
	return finding;
}

void deed_quarantine_count(struct deed_statistics *stats)
{
	deed_lock_take(&held.lock);
	stats->quarantine_buffers = held.count;
	stats->quarantine_bytes = held.bytes;
	deed_lock_give(&held.lock);
}

void deed_quarantine_fork_prepare(void)
{
	deed_lock_take(&held.lock);
}

void deed_quarantine_fork_done(void)
{
	deed_lock_give(&held.lock);
}
