/* SPDX-License-Identifier: MIT
 *
 * lib/trap/cell.c - where cell rows come from and go to.
 *
 * Rows live in chunks that are mapped when they are first needed and never given back, so
 * a slot number is always safe to look up: a stale or invented handle finds a row that does
 * not match. Free rows are one first-in first-out queue; a row is taken from it only when
 * `history` others have ended after its buffer. Those whose memory is in quarantine are among
 * them: they are not in the queue yet, and tell their story whatever the history is. So a
 * program that makes and drops buffers for ever stays at its live buffers plus the history,
 * or the quarantine, if that is more; and goes through no more memory than that.
 */
#include "cell.h"

#include <string.h>

#include "../os.h"
#include "loan.h"
#include "options.h"

struct deed_cell *deed_cell_chunks[DEED_CELL_CHUNKS];

static struct {
	struct deed_lock lock;
	uint32_t made;	     /* slots ever used; slot 0 is nobody's */
	uint32_t head, tail; /* of free rows */
	uint32_t ended;	     /* rows of what has ended: in quarantine, or free */
	uint64_t last_id;
	size_t ever, live, bytes, bytes_max;
} cells = { .made = 1 };

uint32_t deed_cells_made(void)
{
	return __atomic_load_n(&cells.made, __ATOMIC_ACQUIRE);
}

size_t deed_cells_bytes(void)
{
	return (size_t)deed_cells_made() * sizeof(struct deed_cell);
}

/* A slot that was never used; 0 if there is none or no memory for it. */
static uint32_t grow(void)
{
	const uint32_t slot = cells.made;
	struct deed_cell **const chunk = &deed_cell_chunks[slot >> DEED_CELL_CHUNK_BITS];

	if (slot >> DEED_CELL_SLOT_BITS)
		return 0;
	if (!*chunk) {
		struct deed_cell *const rows = deed_os_map(DEED_CELL_CHUNK_ROWS * sizeof *rows);

		if (!rows)
			return 0;
		__atomic_store_n(chunk, rows, __ATOMIC_RELEASE);
		if (chunk == deed_cell_chunks)
			__atomic_store_n(&deed_tables.cells, rows, __ATOMIC_RELEASE);
	}
	/* Row 0 is what an empty handle names, generation and all: it must not be quick. */
	deed_cell_at(0)->quick_len = SIZE_MAX;
	/* A first generation of 1: an all-zero word names nothing. */
	deed_cell_at(slot)->word = (uint64_t)1 << DEED_CELL_GENERATION_SHIFT;
	__atomic_store_n(&cells.made, slot + 1, __ATOMIC_RELEASE);
	return slot;
}

static uint32_t take_waiting(void)
{
	const uint32_t slot = cells.head;

	if (slot) {
		cells.head = deed_cell_at(slot)->near_next;
		cells.ended--;
		if (!cells.head)
			cells.tail = 0;
		/* The next one to be taken has not been touched for long. */
		for (size_t line = 0; line < sizeof(struct deed_cell); line += 64)
			__builtin_prefetch((const char *)deed_cell_at(cells.head) + line, 1);
	}
	return slot;
}

static void count_bytes(size_t added, size_t taken)
{
	cells.bytes += added - taken;
	cells.bytes_max = deed_max(cells.bytes_max, cells.bytes);
}

/* A row that nobody uses, counted as one of `bytes` bytes if it `counts`. Without an id if it is
 * not a buffer of its own, but one that has ended. */
DEED_INLINE struct deed_cell *take(size_t bytes, bool counts, bool is_own, uint32_t *ret_slot)
{
	struct deed_cell *cell;
	uint32_t slot = 0;
	uint64_t id = 0;

	deed_lock_take(&cells.lock);
	if (cells.ended > deed_options.history)
		slot = take_waiting();
	if (!slot)
		slot = grow();
	if (!slot)
		slot = take_waiting();
	if (slot && is_own)
		id = ++cells.last_id;
	else if (slot)
		cells.ended++;
	if (slot && counts) {
		cells.ever++;
		cells.live++;
		count_bytes(bytes, 0);
	}
	deed_lock_give(&cells.lock);
	if (!slot)
		return NULL;
	cell = deed_cell_at(slot);
	cell->id = id;
	cell->flags = 0;
	cell->quick_len = SIZE_MAX;
	cell->regions = 0;
	cell->reports = 0;
	cell->event_count = 0;
	*ret_slot = slot;
	return cell;
}

struct deed_cell *deed_cell_take(enum deed_kind kind, size_t bytes, uint32_t *ret_slot)
{
	struct deed_cell *const cell = take(bytes, kind < DEED_KIND_RAW, true, ret_slot);

	if (cell)
		cell->kind = (uint8_t)kind;
	return cell;
}

struct deed_cell *deed_cell_copy(const struct deed_cell *cell, uint32_t *ret_slot)
{
	struct deed_cell *const copy = take(0, false, false, ret_slot);

	if (!copy)
		return NULL;
	deed_cell_be(copy, cell);
	copy->home = cell->home;
	copy->name = cell->name;
	copy->reports = cell->reports;
	copy->event_count = cell->event_count;
	memcpy(copy->event_site, cell->event_site, sizeof copy->event_site);
	memcpy(copy->event_stack, cell->event_stack, sizeof copy->event_stack);
	memcpy(copy->event_generation, cell->event_generation, sizeof copy->event_generation);
	memcpy(copy->event_who, cell->event_who, sizeof copy->event_who);
	return copy;
}

void deed_cell_end(const struct deed_cell *cell)
{
	deed_lock_take(&cells.lock);
	cells.ended++;
	if (deed_cell_is_buffer(cell)) {
		cells.live--;
		count_bytes(0, deed_cell_bytes(cell));
	}
	deed_lock_give(&cells.lock);
}

void deed_cell_queue(uint32_t slot)
{
	struct deed_cell *const cell = deed_cell_at(slot);

	deed_lock_take(&cells.lock);
	if (DEED_UNLIKELY(deed_word_generation(deed_cell_word(cell)) == DEED_CELL_GENERATION_MAX)) {
		cells.ended--; /* it is retired */
	} else {
		cell->near_next = 0;
		if (cells.tail)
			deed_cell_at(cells.tail)->near_next = slot;
		else
			cells.head = slot;
		cells.tail = slot;
	}
	deed_lock_give(&cells.lock);
}

void deed_cell_give(struct deed_cell *cell, uint32_t slot)
{
	deed_cell_end(cell);
	deed_cell_queue(slot);
}

void deed_cell_resized(size_t old_bytes, size_t new_bytes)
{
	deed_lock_take(&cells.lock);
	count_bytes(new_bytes, old_bytes);
	deed_lock_give(&cells.lock);
}

void deed_cell_count(struct deed_statistics *stats)
{
	deed_lock_take(&cells.lock);
	stats->live_buffers = cells.live;
	stats->live_bytes = cells.bytes;
	stats->live_bytes_max = cells.bytes_max;
	stats->buffers_made = cells.ever;
	deed_lock_give(&cells.lock);
}

bool deed_cell_bump(struct deed_cell *cell)
{
	uint64_t word = deed_cell_word(cell), next;

	do
		next = (word + ((uint64_t)1 << DEED_CELL_GENERATION_SHIFT)) & ~DEED_CELL_LOCK;
	while (!deed_cell_change(cell, &word, next));
	return deed_word_generation(next) != DEED_CELL_GENERATION_MAX;
}

void deed_cell_keep_event(struct deed_cell *cell, uint32_t i)
{
	const uint32_t next = 1 + i % (DEED_EVENTS - 1);

	if (deed_cell_latest_move(cell) != (int)i)
		return;
	cell->event_site[next] = cell->event_site[i];
	cell->event_stack[next] = cell->event_stack[i];
	cell->event_generation[next] = cell->event_generation[i];
	cell->event_who[next] = cell->event_who[i] | DEED_EVENT_BEFORE_GAP << 24;
}

void deed_cell_event_again(struct deed_cell *cell, enum deed_role role, const struct deed_site *at,
			   uint32_t stack, uint64_t generation, uint32_t thread)
{
	const uint32_t who = (uint32_t)role << 24 | (thread & 0xffffff);
	const int i = deed_cell_event_back(cell, 0);

	if (i > 0 && cell->event_site[i] == at && cell->event_who[i] == who &&
	    cell->event_generation[i] + 1 == (uint32_t)generation) {
		cell->event_generation[i]++;
		cell->event_stack[i] = stack;
	} else {
		deed_cell_event(cell, role, at, stack, generation, thread);
	}
}

int deed_cell_event_back(const struct deed_cell *cell, uint32_t i)
{
	if (i >= cell->event_count)
		return -1;
	if (i == cell->event_count - 1)
		return 0;
	if (i >= DEED_EVENTS - 1)
		return -1;
	return (int)(1 + (cell->event_count - 2 - i) % (DEED_EVENTS - 1));
}

/* An event that stands for many ended all generations since the event before it. */
int deed_cell_event_of(const struct deed_cell *cell, uint64_t generation)
{
	int next = -1;

	for (uint32_t i = 0; i < DEED_EVENTS; i++) {
		const int at = deed_cell_event_back(cell, i);
		int32_t later;

		if (at < 0)
			break;
		later = (int32_t)(cell->event_generation[at] - (uint32_t)generation);
		if (at == 0) /* the birth ended nothing */
			return later <= 0 ? next : -1;
		if (later == 0)
			return at;
		if (later < 0)
			return cell->event_who[at] >> 24 & DEED_EVENT_BEFORE_GAP ? -1 : next;
		next = at;
	}
	return -1;
}

int deed_cell_latest_move(const struct deed_cell *cell)
{
	for (uint32_t back = 0; back < DEED_EVENTS; back++) {
		const int i = deed_cell_event_back(cell, back);

		if (i >= 0 && deed_event_role(cell, i) == DEED_ROLE_MOVED)
			return i;
	}
	return -1;
}

void deed_cells_fork_prepare(void)
{
	deed_lock_take(&cells.lock);
}

void deed_cells_fork_done(void)
{
	deed_lock_give(&cells.lock);
}
