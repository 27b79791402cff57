/* SPDX-License-Identifier: MIT
 *
 * lib/trap/quarantine.c - the queue of ended memory. The design is at the head of quarantine.h.
 *
 * Whoever puts memory in takes out what is too much then, some at a time: out of the queue
 * and the index inside the ledger, to the allocator outside, for it may come back in. What
 * comes out has not been touched for long, so it is fetched into the cache before.
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

/* What leaves together. */
enum { TOGETHER = 8 };

struct leaving {
	uint32_t slots[TOGETHER];
	struct deed_memory memory[TOGETHER];
	size_t count;
};

static size_t cost_of(struct deed_memory memory)
{
	const size_t block = deed_memory_block(memory);

	return (memory.is_walled ? block / 64 : block) + sizeof(struct deed_cell);
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

/* Under the shard lock. */
static struct deed_finding *tell(struct deed_thread *me, uint32_t slot, struct deed_memory memory,
				 struct deed_damage damage)
{
	const unsigned char *const base = memory.base;
	const bool is_inside = damage.first >= base && damage.first < base + memory.bytes;

	return is_inside ? deed_dead_finding(me, slot, damage, NULL, NULL)
			 : deed_redzone_finding(me, slot, damage, NULL, NULL);
}

/* ---- coming and going ----------------------------------------------------------------------- */

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
	held.bytes += cost;
}

/* What leaves next has not been touched for long: its row is fetched two turns before, its memory
 * one. */
static void fetch_next(void)
{
	const struct deed_cell *const next = deed_cell_at(held.oldest);
	const struct deed_cell *const after = deed_cell_at(next->younger);
	const struct deed_memory memory = deed_memory_of(next);

	if (!held.oldest)
		return;
	__builtin_prefetch((const char *)memory.base - DEED_LEAST_ALIGN, 1);
	__builtin_prefetch((const char *)memory.base + deed_min(memory.bytes, 64), 1);
	__builtin_prefetch(after, 1);
	__builtin_prefetch(&after->near_next, 1);
}

/* The oldest, until no more than `limit` is there, or enough are taken. Under the lock. */
static void unlink_oldest(struct leaving *leaving, size_t limit)
{
	leaving->count = 0;
	while (held.oldest && held.bytes > limit && leaving->count < TOGETHER) {
		const uint32_t slot = held.oldest;
		struct deed_cell *const cell = deed_cell_at(slot);
		const struct deed_memory memory = deed_memory_of(cell);

		cell->flags &= (uint8_t)~DEED_CELL_HELD;
		held.oldest = cell->younger;
		if (!held.oldest)
			held.youngest = 0;
		held.count--;
		held.bytes -= cost_of(memory);
		leaving->slots[leaving->count] = slot;
		leaving->memory[leaving->count++] = memory;
		fetch_next();
	}
}

/* E04 or E25 of what is freed already. Outside. */
static DEED_COLD void report(uint32_t slot, struct deed_memory memory, struct deed_damage damage)
{
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding;

	if (!me)
		return;
	deed_shard_take(slot);
	finding = tell(me, slot, memory, damage);
	deed_shard_give(slot);
	deed_cells_queue(&slot, 1);
	deed_raise(me, finding);
}

/* Inside the ledger, which it leaves. The row of damaged memory keeps its story until it is told,
 * which is last: its handler may jump away. */
static void let_go(struct deed_thread *me, const struct leaving *leaving)
{
	struct deed_damage damage[TOGETHER];
	uint32_t whole[TOGETHER] = { 0 };
	size_t whole_count = 0;

	for (size_t i = 0; i < leaving->count; i++) {
		const uint32_t slot = leaving->slots[i];

		deed_near_take(deed_cell_at(slot), slot);
		damage[i].first = NULL;
		if (DEED_LIKELY(deed_memory_is_dead(leaving->memory[i])))
			whole[whole_count++] = slot;
		else
			damage[i] = deed_memory_look_dead(leaving->memory[i]);
	}
	deed_cells_queue(whole, whole_count);
	deed_leave(me);
	for (size_t i = 0; i < leaving->count; i++)
		deed_memory_free(leaving->memory[i]);
	for (size_t i = 0; whole_count < leaving->count && i < leaving->count; i++)
		if (damage[i].first)
			report(leaving->slots[i], leaving->memory[i], damage[i]);
}

/* Until no more than `limit` is there; true if anything went. Outside. */
static bool shrink(size_t limit)
{
	bool any = false;

	for (;;) {
		struct deed_thread *const me = deed_enter();
		struct leaving leaving;

		if (!me)
			return any;
		deed_lock_take(&held.lock);
		unlink_oldest(&leaving, limit);
		deed_lock_give(&held.lock);
		let_go(me, &leaving);
		if (!leaving.count)
			return any;
		any = true;
	}
}

void deed_quarantine_put(uint32_t slot)
{
	const struct deed_memory memory = deed_memory_of(deed_cell_at(slot));
	struct deed_thread *const me = deed_enter();
	const size_t limit = limit_now();
	struct leaving leaving;

	/* Before it is in the queue, for whoever takes it out looks for the pattern. */
	deed_memory_end(memory);
	deed_lock_take(&held.lock);
	link_youngest(slot, cost_of(memory));
	unlink_oldest(&leaving, limit);
	deed_lock_give(&held.lock);
	let_go(me, &leaving);
	if (leaving.count == TOGETHER)
		(void)shrink(limit);
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
	const struct deed_memory memory = deed_memory_of(cell);
	struct deed_finding *finding = NULL;

	deed_lock_take(&held.lock);
	*ret_looked = cell->flags & DEED_CELL_HELD;
	if (*ret_looked && !deed_memory_is_dead(memory)) {
		finding = tell(me, slot, memory, deed_memory_look_dead(memory));
		deed_memory_end(memory);
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
