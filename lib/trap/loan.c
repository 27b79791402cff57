/* SPDX-License-Identifier: MIT
 *
 * lib/trap/loan.c - where loan slots come from and go to.
 *
 * Each thread has a ring of free slots (thread.h). It refills from, and spills to, one
 * shared first-in first-out queue, and when that is empty the table grows. The table is
 * address space reserved once: a row's page exists from its first use.
 */
#include "loan.h"

#include "../lock.h"
#include "../os.h"
#include "cell.h"
#include "slots.h"
#include "thread.h"

#define ORPHANS_KEPT 4096
#define REFILL DEED_SLOTS_KEPT

_Static_assert(DEED_SLOTS_MAX >= 2 * (DEED_SLOTS_KEPT + REFILL), "a refill must not make it spill");

/* Until the library has started, inline code finds one row that is not live. */
static struct deed_loan_row nothing;
DEED_EXPORT struct deed_loan_row *deed_trap_loans = &nothing;
struct deed_tables deed_tables = { .loans = &nothing };

static struct {
	struct deed_lock lock;
	uint32_t made;	     /* slots ever used; slot 0 is nobody's */
	uint32_t head, tail; /* free slots, oldest first */
	uint32_t orphans[ORPHANS_KEPT];
	uint32_t orphans_head, orphans_count;
} slots = { .made = 1 };

void deed_loans_init(void)
{
	uint32_t limit = (uint32_t)1 << DEED_LOAN_SLOT_BITS;
	struct deed_loan_row *rows = NULL;

	/* A limit on address space (ulimit -v) may not have room for all of it. */
	while (!rows && limit >= 4096) {
		rows = deed_os_reserve((size_t)limit * sizeof *rows);
		if (!rows)
			limit /= 2;
	}
	if (!rows)
		deed_ledger_stops("no address space for the table of loans");
	/* Generation 0 is nobody's: a zeroed view matches no row. */
	deed_tables.loan_limit = limit;
	deed_trap_loans = rows;
	deed_tables.loans = rows;
}

struct deed_region deed_loan_region(const struct deed_loan *row)
{
	const struct deed_region region = { row->lo,
					    row->is_whole ? deed_cell_bytes(deed_cell_at(row->cell))
							  : row->width,
					    row->pitch, row->rows };

	return region;
}

struct deed_scale deed_loan_scale(const struct deed_loan *row)
{
	const struct deed_cell *const cell = deed_cell_at(row->cell);
	const uint32_t slot = row->cell;
	struct deed_scale scale = { 0, cell && cell->element_bytes ? cell->element_bytes : 1 };

	if (!cell || !(cell->flags & DEED_CELL_COLUMNS))
		return scale;
	scale.element = 0;
	while (row->parent) {
		row = deed_loan_at(row->parent);
		if (!(deed_loan_word(row) & DEED_LOAN_LIVE) || row->cell != slot)
			return scale;
	}
	if (!row->is_raw)
		scale = (struct deed_scale){ row->lo, row->site->element_bytes };
	return scale;
}

struct deed_elements deed_scaled(struct deed_scale scale, struct deed_region region)
{
	const size_t lo = region.lo - scale.from, element = scale.element;
	struct deed_elements elements = { 0, 0, 0 };

	if (element)
		elements = (struct deed_elements){ lo / element,
						   (lo + region.width + element - 1) / element,
						   region.pitch / element };
	return elements;
}

void deed_loan_note_end(const struct deed_thread *me, struct deed_loan *row,
			const struct deed_site *at)
{
	const uint64_t word = deed_cell_word(deed_cell_at(row->cell));

	row->end_site = at;
	row->end_thread = me->id;
	row->ended_in = (uint32_t)deed_word_generation(word);
}

bool deed_loan_is_of_this_life(const struct deed_loan *row)
{
	const struct deed_cell *const cell = deed_cell_at(row->cell);

	/* Generations of one slot only grow, and birth began the life with one. */
	return cell && cell->event_count &&
	       row->ended_in - cell->event_generation[0] < (uint32_t)1 << 31;
}

uint32_t deed_loans_made(void)
{
	return __atomic_load_n(&slots.made, __ATOMIC_ACQUIRE);
}

size_t deed_loans_bytes(void)
{
	return (size_t)deed_loans_made() * sizeof(struct deed_loan);
}

static void queue_put(uint32_t slot)
{
	if (deed_loan_word(deed_loan_at(slot)) >> DEED_LOAN_SLOT_BITS == DEED_LOAN_GENERATION_MAX)
		return; /* retired */
	deed_loan_at(slot)->next = 0;
	if (slots.tail)
		deed_loan_at(slots.tail)->next = slot;
	else
		slots.head = slot;
	slots.tail = slot;
}

/* The first of `count`; 0 if there are not so many. */
static uint32_t slots_make(uint32_t count)
{
	const uint32_t first = slots.made;

	if (deed_tables.loan_limit - first < count)
		return 0;
	for (uint32_t slot = first; slot < first + count; slot++) {
		__atomic_store_n(&deed_loan_at(slot)->word,
				 (uint64_t)1 << DEED_LOAN_SLOT_BITS | DEED_LOAN_DIRTY,
				 __ATOMIC_RELAXED);
		deed_loan_at(slot)->slot = slot;
	}
	__atomic_store_n(&slots.made, first + count, __ATOMIC_RELEASE);
	return first;
}

uint32_t deed_slots_block(uint32_t count)
{
	uint32_t first;

	deed_lock_take(&slots.lock);
	first = slots_make(count);
	deed_lock_give(&slots.lock);
	return first;
}

static uint32_t queue_take(void)
{
	const uint32_t slot = slots.head;

	if (slot) {
		slots.head = deed_loan_at(slot)->next;
		if (!slots.head)
			slots.tail = 0;
		return slot;
	}
	return slots_make(1);
}

static void ring_put(struct deed_thread *me, uint32_t slot)
{
	me->slots[me->slots_tail++ % DEED_SLOTS_MAX] = deed_loan_at(slot);
}

static uint32_t ring_take(struct deed_thread *me)
{
	return deed_slot_of(me->slots[me->slots_head++ % DEED_SLOTS_MAX]);
}

void deed_slots_refill(struct deed_thread *me)
{
	deed_lock_take(&slots.lock);
	for (uint32_t slot;
	     deed_slots_count(me) < DEED_SLOTS_KEPT + REFILL && (slot = queue_take());)
		ring_put(me, slot);
	deed_lock_give(&slots.lock);
	if (!deed_slots_count(me))
		deed_ledger_stops("too many loans are live at once");
}

void deed_slots_spill(struct deed_thread *me)
{
	deed_lock_take(&slots.lock);
	while (deed_slots_count(me) > DEED_SLOTS_KEPT + REFILL)
		queue_put(ring_take(me));
	deed_lock_give(&slots.lock);
}

void deed_slots_give_back(struct deed_thread *me)
{
	deed_lock_take(&slots.lock);
	if (deed_next_row)
		queue_put(deed_slot_of(deed_next_row));
	deed_next_row = NULL;
	while (deed_slots_count(me))
		queue_put(ring_take(me));
	deed_lock_give(&slots.lock);
}

/* Its own end may come by meanwhile, and takes the mark away. */
static void orphan_frees(struct deed_loan *row)
{
	uint64_t word = deed_loan_word(row), free;

	do
		free = (word & ~DEED_LOAN_SLOT_MASK) | DEED_LOAN_DIRTY |
		       (word & DEED_LOAN_ORPHAN ? DEED_LOAN_LAPSED : 0);
	while (!__atomic_compare_exchange_n(&row->word, &word, free, false, __ATOMIC_ACQ_REL,
					    __ATOMIC_ACQUIRE));
}

void deed_orphan_keep(uint32_t slot)
{
	deed_lock_take(&slots.lock);
	if (slots.orphans_count == ORPHANS_KEPT) {
		const uint32_t oldest = slots.orphans[slots.orphans_head];

		slots.orphans_head = (slots.orphans_head + 1) % ORPHANS_KEPT;
		slots.orphans_count--;
		orphan_frees(deed_loan_at(oldest));
		queue_put(oldest);
	}
	slots.orphans[(slots.orphans_head + slots.orphans_count++) % ORPHANS_KEPT] = slot;
	deed_lock_give(&slots.lock);
}

void deed_loans_fork_prepare(void)
{
	deed_lock_take(&slots.lock);
}

void deed_loans_fork_done(void)
{
	deed_lock_give(&slots.lock);
}
