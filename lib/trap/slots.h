/* SPDX-License-Identifier: MIT
 *
 * lib/trap/slots.h - the free slots of a thread, in line. Where they come from and go to is told at
 * the head of loan.c.
 */
#ifndef DEED_SLOTS_H
#define DEED_SLOTS_H

#include "loan.h"
#include "tale.h"
#include "thread.h"

/* A free slot for the thread; the process stops when 2^24 loans are live. */
DEED_COLD void deed_slots_refill(struct deed_thread *me);
DEED_COLD void deed_slots_spill(struct deed_thread *me);
void deed_slots_give_back(struct deed_thread *me);
/* `count` slots in a row that nobody had, free for ever for whoever asks; the first, or 0 if there
 * are not so many. */
DEED_COLD uint32_t deed_slots_block(uint32_t count);
/* An orphan of a plain loan: its slot is free again when 4096 younger orphans have come. */
void deed_orphan_keep(uint32_t slot);

static inline void deed_slot_advance(struct deed_thread *me)
{
	deed_next_row = me->slots[me->slots_head++ % DEED_SLOTS_MAX];
}

/* The row that the next loan goes into; it stays that until the slot is taken. Not in a task. */
static inline struct deed_loan *deed_slot_next(struct deed_thread *me)
{
	if (DEED_UNLIKELY(deed_slots_count(me) <= DEED_SLOTS_KEPT))
		deed_slots_refill(me);
	if (DEED_UNLIKELY(!deed_next_row))
		deed_slot_advance(me);
	return deed_next_row;
}

/* The next row is set aside. */
static inline struct deed_loan *deed_slot_take_in_task(struct deed_thread *me)
{
	if (DEED_UNLIKELY(deed_slots_count(me) <= DEED_SLOTS_KEPT))
		deed_slots_refill(me);
	return me->slots[me->slots_head++ % DEED_SLOTS_MAX];
}

static inline uint32_t deed_slot_take(struct deed_thread *me)
{
	uint32_t slot;

	if (DEED_UNLIKELY(me->in_task)) {
		deed_tale_note(me);
		return deed_slot_of(deed_slot_take_in_task(me));
	}
	slot = deed_slot_of(deed_slot_next(me));

	deed_slot_advance(me);
	return slot;
}

static inline void deed_slot_give(struct deed_thread *me, uint32_t slot)
{
	if (DEED_UNLIKELY(deed_loan_word(deed_loan_at(slot)) >> DEED_LOAN_SLOT_BITS ==
			  DEED_LOAN_GENERATION_MAX))
		return; /* retired */
	if (DEED_UNLIKELY(deed_slots_count(me) == DEED_SLOTS_MAX))
		deed_slots_spill(me);
	me->slots[me->slots_tail++ % DEED_SLOTS_MAX] = deed_loan_at(slot);
}

#endif
