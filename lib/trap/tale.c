/* SPDX-License-Identifier: MIT
 *
 * lib/trap/tale.c - a table of what the tasks are, by their numbers: the latest few of each.
 *
 * A tale is written by the thread of its task, and read by any. It is good if it is of the thread
 * that took the loan, and not of a task that began later: a thread's loans are numbered in order.
 * Whoever reads it holds the lock that the loan cannot end without, or asks for a story that may be
 * forgotten anyhow.
 */
#include "tale.h"

#include <stdio.h>

#include "thread.h"

/* So many tasks later a number's task is forgotten. About as long its loans are, too: the thread
 * takes 64 others before it uses a row again. */
#define KEPT 16

struct kept {
	struct deed_tale tale;
	uint64_t first; /* sequence number of the task's first loan */
	uint32_t thread;
};

/* On cache lines of their own, for numbers are of different threads. */
static struct {
	struct kept tasks[KEPT] __attribute__((aligned(64)));
	uint32_t latest;
} numbers[DEED_TASKS_MAX + 1];

static struct kept *latest(uint32_t number)
{
	return &numbers[number].tasks[numbers[number].latest % KEPT];
}

struct deed_tale deed_tale_of_part(const struct deed_team *team, size_t index)
{
	const struct deed_part part = deed_plan_part(team->plan, index);

	return (struct deed_tale){ .at = team->at,
				   .thread = team->thread,
				   .part = index,
				   .parts = team->plan->parts,
				   .lo = part.lo,
				   .hi = part.hi,
				   .x_lo = part.x_lo,
				   .x_hi = part.x_hi };
}

/* Word by word: a struct that is put together and then copied waits for its own stores. */
void deed_tale_keep(const struct deed_thread *me, uint32_t number, const struct deed_task *task)
{
	const struct deed_team *const team = task->team;
	struct kept *keeps;

	numbers[number].latest++;
	keeps = latest(number);
	keeps->first = task->first;
	keeps->thread = me->id;
	if (DEED_UNLIKELY(!team || !task->part)) {
		keeps->tale = (struct deed_tale){ .at = task->at, .is_async = true };
		return;
	}
	keeps->tale.at = team->at;
	keeps->tale.is_async = false;
	keeps->tale.thread = team->thread;
	keeps->tale.parts = team->plan->parts;
	keeps->tale.part = task->part->index;
	keeps->tale.lo = task->part->lo;
	keeps->tale.hi = task->part->hi;
	keeps->tale.x_lo = task->part->x_lo;
	keeps->tale.x_hi = task->part->x_hi;
}

struct deed_tale deed_tale_of_thread(const struct deed_thread *me)
{
	const uint32_t number = me->in_task;

	return number ? latest(number)->tale : (struct deed_tale){ 0 };
}

struct deed_tale deed_tale_of_loan(const struct deed_loan *row)
{
	const struct kept *best = NULL;
	struct deed_tale tale = { 0 };

	for (unsigned i = 0; row->task && i < KEPT; i++) {
		const struct kept *const keeps = &numbers[row->task].tasks[i];

		if (keeps->thread == row->thread && keeps->first <= row->sequence &&
		    (!best || keeps->first > best->first))
			best = keeps;
	}
	if (!best)
		return tale;
	tale = best->tale;
	/* The object that the place is in may have gone after the task. */
	if (!(deed_loan_word(row) & DEED_LOAN_LIVE))
		tale.at = NULL;
	return tale;
}

struct deed_plain deed_tale_name(const struct deed_tale *tale)
{
	struct deed_plain name = { "code outside of all parts" };

	if (tale->parts)
		snprintf(name.text, sizeof name.text, "part %zu", tale->part);
	else if (tale->is_async)
		snprintf(name.text, sizeof name.text, "a task of deed_async()");
	return name;
}
