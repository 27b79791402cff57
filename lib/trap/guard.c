/* SPDX-License-Identifier: MIT
 *
 * lib/trap/guard.c - loans that their block ends.
 *
 * A thread's guards are a list, newest first, which only that thread touches; a guard's row
 * is not used again before its own end has come by, whatever else ended it. A guard that
 * was jumped over is noticed when another guard of its thread begins or ends in a shallower
 * frame of the same stack, at a conflict, or when the thread or the process ends (E14).
 * Frames of different stacks (coroutines, signal stacks) are never compared.
 */
#include "guard.h"

#include "../os.h"
#include "deed/lend.h"
#include "end.h"
#include "hot_region.h"
#include "rights.h"
#include "shard.h"
#include "slots.h"
#include "stack.h"
#include "story.h"
#include "task.h"
#include "tree.h"

/* `at` is where it is noticed; null if that is no place in the program. */
static void raise_outlived(struct deed_thread *me, uint32_t slot, const struct deed_site *at,
			   const void *frame, bool with_thread)
{
	const struct deed_loan *const row = deed_loan_at(slot);
	const uint32_t cell = row->cell;
	struct deed_finding *finding;
	struct deed_plain name;

	deed_shard_take(cell);
	name = deed_plain(row->site->text);
	finding = deed_finding_begin(me, DEED_E14, at ? at : row->site, at ? frame : NULL);
	deed_finding_does(finding, with_thread ? "ended" : "jumped", false);
	deed_finding_cell(finding, cell);
	deed_finding_loan(finding, slot);
	deed_finding_event(finding, cell, 0, DEED_ROLE_ALLOCATED);
	if (with_thread)
		deed_finding_say(finding,
				 "`%s` is lent in %s%s for the length of a block, and its thread "
				 "ended without ending the loan (pthread_exit, longjmp)",
				 name.text, row->site->function,
				 deed_parentheses(row->site->function));
	else
		deed_finding_say(
			finding,
			"`%s` is lent in %s%s for the length of a block, and a jump out of "
			"it (longjmp) did not end the loan",
			name.text, row->site->function, deed_parentheses(row->site->function));
	deed_shard_give(cell);
	deed_raise(me, finding);
	me->inside = 1;
}

static void unlink_guard(struct deed_thread *me, uint32_t slot)
{
	for (uint32_t *at = &me->guards; *at; at = &deed_loan_at(*at)->next_guard)
		if (*at == slot) {
			*at = deed_loan_at(slot)->next_guard;
			return;
		}
}

/* The end of a guard's row, once: `loan` was its loan. */
static void retire_guard(struct deed_thread *me, uint32_t slot)
{
	struct deed_loan *const row = deed_loan_at(slot);

	unlink_guard(me, slot);
	__atomic_store_n(&row->word, (row->word & ~DEED_LOAN_SLOT_MASK) | DEED_LOAN_DIRTY,
			 __ATOMIC_RELEASE);
	deed_slot_give(me, slot);
}

/* Guards in frames deeper than `frame`, on the same stack, were jumped over. How many were. */
size_t deed_guards_end_jumped_over(struct deed_thread *me, const struct deed_site *at,
				   const void *frame)
{
	const uintptr_t here = (uintptr_t)frame;
	size_t ended = 0;

	if (!me->guards || !deed_on_own_stack(me, here))
		return 0;
	for (uint32_t slot = me->guards, next; slot; slot = next) {
		struct deed_loan *const row = deed_loan_at(slot);

		next = row->next_guard;
		if (row->frame >= here || !deed_on_own_stack(me, row->frame))
			continue;
		if (deed_loan_word(row) & DEED_LOAN_LIVE) {
			raise_outlived(me, slot, at, frame, false);
			(void)deed_end_loan(me, deed_loan_id(row, slot), 0, at ? at : row->site);
		}
		retire_guard(me, slot);
		ended++;
	}
	return ended;
}

void deed_guards_end_since(struct deed_thread *me, uint64_t first, const struct deed_site *at,
			   const void *frame, bool with_thread)
{
	while (me->guards && deed_loan_at(me->guards)->sequence >= first) {
		const uint32_t slot = me->guards;
		struct deed_loan *const row = deed_loan_at(slot);

		if (deed_loan_word(row) & DEED_LOAN_LIVE) {
			raise_outlived(me, slot, at, frame, with_thread);
			(void)deed_end_loan(me, deed_loan_id(row, slot), 0, at ? at : row->site);
		}
		retire_guard(me, slot);
	}
}

void deed_guards_end_with_thread(struct deed_thread *me)
{
	me->inside = 1;
	deed_guards_end_since(me, 0, NULL, NULL, true);
	me->inside = 0;
}

void deed_guards_end_with_process(struct deed_thread *me)
{
	const void *frame = __builtin_frame_address(0);

	if (!me->guards)
		return;
	/* If main() has returned, no block of this stack is left; else only deeper ones are gone.
	 */
	if (deed_os_thread_is_main() && deed_stack_main_has_returned())
		frame = (const void *)(me->stack_hi - 1);
	me->inside = 1;
	(void)deed_guards_end_jumped_over(me, NULL, frame);
	me->inside = 0;
}

static DEED_COLD void end_guard_slowly(uint64_t loan, const void *frame, const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding;
	struct deed_loan *row;
	uint64_t word;

	if (!me) {
		deed_reentered(at, frame);
		return;
	}
	row = deed_loan_at(slot);
	if (row->thread != me->id) {
		/* A coroutine that has changed threads: the row stays in the other one's list. */
		(void)deed_end_loan(me, loan, DEED_LOAN_ORPHAN, at);
		deed_leave_verb(me, frame, at);
		return;
	}
	if (me->guards != slot)
		(void)deed_guards_end_jumped_over(me, at, (const void *)row->frame);
	deed_end_tells_of_arenas(me, loan, true, frame, at);
	if (deed_end_loan(me, loan, 0, at)) {
		retire_guard(me, slot);
		deed_leave_verb(me, frame, at);
		return;
	}
	word = deed_loan_word(row);
	if (word >> DEED_LOAN_SLOT_BITS != (loan >> DEED_LOAN_SLOT_BITS) + 1 ||
	    !(word & DEED_LOAN_ORPHAN)) {
		deed_leave_verb(me, frame,
				at); /* jumped over, reported and ended as that, and yet here */
		return;
	}
	if (!(word & DEED_LOAN_BY_HAND)) { /* it ended with its parent: fine */
		retire_guard(me, slot);
		deed_leave_verb(me, frame, at);
		return;
	}
	finding = deed_loan_ended(me, loan, DEED_E12, frame, at);
	deed_finding_does(finding, "ended", true);
	deed_finding_say(finding,
			 "the loan `%s` ends at the end of its block, but deed_end() had ended it "
			 "before",
			 deed_plain(at->text).text);
	retire_guard(me, slot);
	deed_raise(me, finding);
}

DEED_EXPORT void deed_trap_end_guard(uint64_t loan, const void *frame, const struct deed_site *at)
{
	const uint32_t slot = deed_loan_slot(loan);
	struct deed_thread *const me = deed_self;
	const uint64_t next = (loan & ~DEED_LOAN_SLOT_MASK) + ((uint64_t)1 << DEED_LOAN_SLOT_BITS);
	struct deed_loan *row;
	uint64_t word, is_inout;

	if (DEED_UNLIKELY(loan == 0 || loan == DEED_LOAN_REFUSED))
		return;
	if (DEED_UNLIKELY(!me || me->inside || me->guards != slot)) {
		end_guard_slowly(loan, frame, at);
		return;
	}
	row = deed_loan_at(slot);
	is_inout = row->is_inout;
	word = (loan & ~DEED_LOAN_SLOT_MASK) | DEED_LOAN_LIVE | is_inout << 1;
	if (DEED_UNLIKELY(row->word != word || !row->is_whole ||
			  next >> DEED_LOAN_SLOT_BITS == DEED_LOAN_GENERATION_MAX)) {
		end_guard_slowly(loan, frame, at);
		return;
	}
	me->inside = 1;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	row->end_site = at;
	row->ended_in =
		(uint32_t)deed_word_generation(deed_cell_word(deed_cell_of_live(row->cell)));
	if (DEED_UNLIKELY(deed_slots_count(me) == DEED_SLOTS_MAX) ||
	    DEED_UNLIKELY(!__atomic_compare_exchange_n(&row->word, &word, next, false,
						       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))) {
		deed_leave(me);
		end_guard_slowly(loan, frame, at);
		return;
	}
	__atomic_sub_fetch(&deed_cell_of_live(row->cell)->word,
			   1 + (-is_inout & (DEED_CELL_WRITER - 1)), __ATOMIC_RELEASE);
	me->guards = row->next_guard;
	me->slots[me->slots_tail % DEED_SLOTS_MAX] = row;
	me->slots_tail++;
	deed_leave(me);
}

/* ---- marks ---------------------------------------------------------------------------------- */

DEED_EXPORT uint64_t deed_trap_loans_mark(void)
{
	struct deed_thread *const me = deed_self ? deed_self : deed_thread_start();

	return me->loans_taken;
}

DEED_EXPORT void deed_trap_loans_unwind(uint64_t mark)
{
	static const struct deed_site here = { "", "deed_loans_unwind", "", "", 0, 0, 0 };
	struct deed_thread *const me = deed_enter();
	const uint32_t made = deed_loans_made();

	if (!me) {
		deed_reentered(&here, __builtin_frame_address(0));
		return;
	}
	for (uint32_t slot = 1; slot < made; slot++) {
		const struct deed_loan *const row = deed_loan_at(slot);
		struct deed_look look;

		if (!deed_loan_look(slot, &look) || look.thread != me->id || row->sequence < mark ||
		    deed_loan_is_piece(row) || row->is_part) /* which ends with its task */
			continue;
		/* A guard's slot is in a list yet. */
		if (deed_end_loan(me, look.loan, 0, &here) && !row->is_guard)
			deed_slot_give(me, slot);
	}
	for (uint32_t slot = me->guards, next; slot; slot = next) {
		next = deed_loan_at(slot)->next_guard;
		if (deed_loan_at(slot)->sequence >= mark)
			retire_guard(me, slot);
	}
	deed_tasks_unwind(me, mark);
	deed_hot_unwind(me, mark);
	deed_leave(me);
}

/* In a forked child: only its own thread is left, and what is lent for the task that it is in by
 * who waits for it, in another thread that there is no more. */
void deed_end_loans_of_others(struct deed_thread *me)
{
	static const struct deed_site here = { "", "fork", "", "", 0, 0, 0 };
	const uint32_t made = deed_loans_made();

	for (uint32_t slot = 1; slot < made; slot++) {
		struct deed_loan *const row = deed_loan_at(slot);

		if (row->thread != me->id && (deed_loan_word(row) & DEED_LOAN_LIVE) &&
		    !deed_task_holds(me, row->task, row->thread) && !deed_loan_is_piece(row))
			(void)deed_end_loan(me, deed_loan_id(row, slot), 0, &here);
	}
}
