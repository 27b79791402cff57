/* SPDX-License-Identifier: MIT
 *
 * lib/trap/near.c - the address index. The design is at the head of near.h.
 */
#include "near.h"

#include "../lock.h"

#define BUCKETS 65536
#define LOCKS 64
#define LEVELS 54 /* level 0 is up to 1 KiB; the last one is all of memory */
#define SMALLEST_SHIFT 10

_Static_assert(BUCKETS == 1 << (12 + 4), "lines, and heads in each");

static struct {
	struct deed_lock locks[LOCKS];
	uint32_t heads[BUCKETS] __attribute__((aligned(64)));
	uint8_t used[LEVELS]; /* whether a level ever had a cell */
} near;

static unsigned level_of(size_t bytes)
{
	const size_t rest = (bytes - 1) >> SMALLEST_SHIFT;

	return rest ? 64 - (unsigned)__builtin_clzl(rest) : 0;
}

/* Sixteen granules side by side have their heads in one cache line: what is allocated in a row is
 * in memory in a row, mostly. */
static uint32_t bucket_of(unsigned level, uintptr_t granule)
{
	const uint64_t line = ((granule >> 4) + level) * 0x9e3779b97f4a7c15u >> 52;

	return (uint32_t)(line << 4 | (granule & 15));
}

static uintptr_t granule_of(const struct deed_cell *cell, unsigned level)
{
	return (uintptr_t)cell->base >> (SMALLEST_SHIFT + level);
}

void deed_near_put(struct deed_cell *cell, uint32_t slot)
{
	const size_t bytes = deed_cell_bytes(cell);
	const unsigned level = bytes ? level_of(bytes) : 0;
	const uint32_t bucket = bucket_of(level, granule_of(cell, level));

	if (!bytes)
		return;
	deed_lock_take(&near.locks[bucket % LOCKS]);
	cell->near_previous = 0;
	cell->near_next = near.heads[bucket];
	if (cell->near_next)
		deed_cell_at(cell->near_next)->near_previous = slot;
	near.heads[bucket] = slot;
	if (!__atomic_load_n(&near.used[level], __ATOMIC_RELAXED))
		__atomic_store_n(&near.used[level], 1, __ATOMIC_RELAXED);
	deed_lock_give(&near.locks[bucket % LOCKS]);
}

void deed_near_take(struct deed_cell *cell, uint32_t slot)
{
	const size_t bytes = deed_cell_bytes(cell);
	const unsigned level = bytes ? level_of(bytes) : 0;
	const uint32_t bucket = bucket_of(level, granule_of(cell, level));

	(void)slot;
	if (!bytes)
		return;
	deed_lock_take(&near.locks[bucket % LOCKS]);
	if (cell->near_next)
		deed_cell_at(cell->near_next)->near_previous = cell->near_previous;
	if (cell->near_previous)
		deed_cell_at(cell->near_previous)->near_next = cell->near_next;
	else
		near.heads[bucket] = cell->near_next;
	deed_lock_give(&near.locks[bucket % LOCKS]);
}

static bool meets(const struct deed_cell *cell, uintptr_t lo, uintptr_t hi)
{
	const uintptr_t base = (uintptr_t)cell->base;

	return base < hi && lo < base + deed_cell_bytes(cell);
}

static bool search_granule(unsigned level, uintptr_t granule, uintptr_t lo, uintptr_t hi,
			   deed_near_fn see, void *context)
{
	const uint32_t bucket = bucket_of(level, granule);
	bool goes_on = true;

	deed_lock_take(&near.locks[bucket % LOCKS]);
	for (uint32_t slot = near.heads[bucket]; slot && goes_on;) {
		const struct deed_cell *const cell = deed_cell_at(slot);

		/* Different granules share a bucket. */
		if (level_of(deed_cell_bytes(cell)) == level &&
		    granule_of(cell, level) == granule && meets(cell, lo, hi))
			goes_on = see(slot, context);
		slot = cell->near_next;
	}
	deed_lock_give(&near.locks[bucket % LOCKS]);
	return goes_on;
}

/* When the range has more granules than the whole index has buckets, look at every bucket. */
static bool search_buckets(unsigned level, uintptr_t lo, uintptr_t hi, deed_near_fn see,
			   void *context)
{
	bool goes_on = true;

	for (uint32_t bucket = 0; bucket < BUCKETS && goes_on; bucket++) {
		deed_lock_take(&near.locks[bucket % LOCKS]);
		for (uint32_t slot = near.heads[bucket]; slot && goes_on;) {
			const struct deed_cell *const cell = deed_cell_at(slot);

			if (level_of(deed_cell_bytes(cell)) == level && meets(cell, lo, hi))
				goes_on = see(slot, context);
			slot = cell->near_next;
		}
		deed_lock_give(&near.locks[bucket % LOCKS]);
	}
	return goes_on;
}

void deed_near_search(uintptr_t lo, uintptr_t hi, deed_near_fn see, void *context)
{
	bool goes_on = lo < hi;

	for (unsigned level = 0; level < LEVELS && goes_on; level++) {
		const unsigned shift = SMALLEST_SHIFT + level;
		const uintptr_t first = (lo >> shift) - ((lo >> shift) > 0);
		const uintptr_t last = (hi - 1) >> shift;

		if (!__atomic_load_n(&near.used[level], __ATOMIC_RELAXED))
			continue;
		if (last - first > BUCKETS) {
			goes_on = search_buckets(level, lo, hi, see, context);
			continue;
		}
		for (uintptr_t granule = first; granule <= last && goes_on; granule++)
			goes_on = search_granule(level, granule, lo, hi, see, context);
	}
}

void deed_near_fork_prepare(void)
{
	for (unsigned i = 0; i < LOCKS; i++)
		deed_lock_take(&near.locks[i]);
}

void deed_near_fork_done(void)
{
	for (unsigned i = 0; i < LOCKS; i++)
		deed_lock_give(&near.locks[i]);
}
