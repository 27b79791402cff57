/* SPDX-License-Identifier: MIT
 *
 * lib/trap/quarantine.c - the queue of ended memory. The design is at the head of quarantine.h.
 *
 * Whoever puts memory in takes out what is too much then, one at a time, which is one for one
 * as a rule: out of the queue and the index inside the ledger, to the allocator outside, for
 * it may come back in. What comes out has not been touched for long, so it is fetched into
 * the cache before.
 */
#include "quarantine.h"

#include "../lock.h"
#include "near.h"
#include "options.h"
#include "shard.h"
#include "story.h"

static struct {
	struct deed_lock lock;
	uint32_t oldest, youngest;
	size_t count, bytes, walled; /* the last is how many have pages of their own */
	bool is_closed;
} held;

DEED_INLINE size_t cost_of(struct deed_memory memory)
{
	return deed_memory_block(memory) + (memory.is_walled ? deed_memory_page : 0) +
	       sizeof(struct deed_cell);
}

size_t deed_quarantine_limit(void)
{
	return deed_options.tsan || __atomic_load_n(&held.is_closed, __ATOMIC_RELAXED)
		       ? 0
		       : deed_options.quarantine;
}

size_t deed_quarantine_wants(struct deed_memory memory)
{
	const size_t cost = cost_of(memory);

	return cost <= deed_quarantine_limit() ? cost : 0;
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

static void link_youngest(uint32_t slot, struct deed_memory memory, size_t cost)
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
	held.walled += memory.is_walled;
}

/* What leaves next has not been touched for long: its row is fetched two turns before, its memory
 * one. */
static void fetch_next(void)
{
	const struct deed_cell *const next = deed_cell_at(held.oldest);
	const struct deed_cell *const after = deed_cell_at(next->younger);

	__builtin_prefetch((const char *)next->base - DEED_LEAST_ALIGN, 1);
	__builtin_prefetch((const char *)next->base + 64, 1);
	__builtin_prefetch(after, 1);
	__builtin_prefetch(&after->near_next, 1);
}

/* The slot of the oldest, if there is more than `limit`, or more of it has walls than `walled`;
 * else 0. Under the lock. */
static inline uint32_t unlink_oldest(size_t limit, size_t walled, struct deed_memory *ret_memory)
{
	const uint32_t slot = held.bytes > limit || held.walled > walled ? held.oldest : 0;
	struct deed_cell *cell;

	if (!slot)
		return 0;
	cell = deed_cell_at(slot);
	*ret_memory = deed_memory_of(cell);
	cell->flags &= (uint8_t)~DEED_CELL_HELD;
	held.oldest = cell->younger;
	held.count--;
	held.bytes -= cost_of(*ret_memory);
	held.walled -= ret_memory->is_walled;
	if (held.oldest)
		fetch_next();
	else
		held.youngest = 0;
	return slot;
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
	deed_cell_queue(slot);
	deed_finding_noticed(finding, "when its memory left the quarantine");
	deed_raise(me, finding);
}

/* Inside the ledger, which it leaves. The row of damaged memory keeps its story until it is told,
 * which is last: its handler may jump away. */
static void let_go(struct deed_thread *me, uint32_t slot, struct deed_memory memory)
{
	const bool is_whole = deed_memory_is_dead(memory);
	struct deed_damage damage;

	deed_near_take(deed_cell_at(slot), slot);
	if (DEED_LIKELY(is_whole))
		deed_cell_queue(slot);
	else
		damage = deed_memory_look_dead(memory);
	deed_leave(me);
	deed_memory_free(memory);
	if (DEED_UNLIKELY(!is_whole))
		report(slot, memory, damage);
}

/* Until no more than `limit` is there, and `walled` with walls; true if anything went. Outside. */
static bool shrink(size_t limit, size_t walled)
{
	for (bool any = false;; any = true) {
		struct deed_thread *const me = deed_enter();
		struct deed_memory memory;
		uint32_t slot;

		if (!me)
			return any;
		deed_lock_take(&held.lock);
		slot = unlink_oldest(limit, walled, &memory);
		deed_lock_give(&held.lock);
		if (!slot) {
			deed_leave(me);
			return any;
		}
		let_go(me, slot, memory);
	}
}

void deed_quarantine_put(uint32_t slot, struct deed_memory memory, size_t cost)
{
	struct deed_thread *const me = deed_enter();
	const size_t limit = deed_quarantine_limit();
	bool is_more;

	/* Before it is in the queue, for whoever takes it out looks for the pattern. */
	deed_memory_end(memory);
	deed_lock_take(&held.lock);
	link_youngest(slot, memory, cost);
	slot = unlink_oldest(limit, SIZE_MAX, &memory);
	is_more = held.bytes > limit;
	deed_lock_give(&held.lock);
	if (slot)
		let_go(me, slot, memory);
	else
		deed_leave(me);
	if (is_more)
		(void)shrink(limit, SIZE_MAX);
}

bool deed_quarantine_empty(void)
{
	return shrink(0, SIZE_MAX);
}

/* Half of it, so that who makes buffers in a row does not come back for each. */
bool deed_quarantine_give_walls(void)
{
	size_t walled;

	deed_lock_take(&held.lock);
	walled = held.walled;
	deed_lock_give(&held.lock);
	return walled && shrink(SIZE_MAX, walled / 2);
}

void deed_quarantine_close(void)
{
	__atomic_store_n(&held.is_closed, true, __ATOMIC_RELAXED);
	(void)shrink(0, SIZE_MAX);
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
