/* SPDX-License-Identifier: MIT
 *
 * lib/trap/tale.c - a table of what the tasks are, by their numbers: the latest few of each.
 *
 * A tale is written by the thread of its task, and read by any. It is good if it is of the thread
 * that took the loan, and not of a task that began later: a thread's loans are numbered in order.
 * Whoever reads it holds the lock that the loan cannot end without, or asks for a story that may be
 * forgotten anyhow.
 *
 * A task may be all of a microsecond, and after its work what it was told in is far from the
 * processor. So what the tasks of a turn have in common is written down once for all of them; which
 * of them one is, is first written down when it takes a loan that is no part of a share. The row of
 * a part says so itself.
 */
#include "tale.h"

#include <stdio.h>

#include "thread.h"

struct deed_tales deed_tales[DEED_TASKS_MAX + 1];

struct deed_tale deed_tale_of_part(const struct deed_cut *cut, size_t index,
				   const struct deed_site *at, uint32_t thread)
{
	const struct deed_part part = deed_cut_part(cut, index);

	return (struct deed_tale){ .at = at,
				   .thread = thread,
				   .part = index,
				   .parts = cut->parts,
				   .lo = part.lo,
				   .hi = part.hi,
				   .x_lo = part.x_lo,
				   .x_hi = part.x_hi };
}

uint32_t deed_tale_turn(const struct deed_thread *me, uint32_t number, const struct deed_task *task)
{
	struct deed_tales *const tales = &deed_tales[number];
	const struct deed_team *const team = task->team;
	struct deed_tale_of_turn *const turn =
		&tales->turns[++tales->latest_turn % DEED_TALES_KEPT];

	*turn = (struct deed_tale_of_turn){ .at = task->at,
					    .worker = me->id,
					    .number = tales->latest_turn };
	if (team) {
		turn->cut = deed_cut_of(team->plan);
		turn->caller = team->thread;
	}
	return tales->latest_turn;
}

/* The struct of the task may be gone. */
void deed_tale_note_first(struct deed_thread *me)
{
	struct deed_task_card *const card = &deed_task_cards[me->in_task];
	struct deed_tales *const tales = &deed_tales[me->in_task];

	tales->tasks[++tales->latest_task % DEED_TALES_KEPT] =
		(struct deed_tale_of_task){ me->task_first, me->task_index, card->turn };
	card->first = me->task_first; /* others ask while this thread waits for a team */
	me->task_is_noted = true;
}

/* Null if it is forgotten: another is in its place. */
static const struct deed_tale_of_turn *turn_of(const struct deed_tales *tales, uint32_t thread,
					       uint32_t number)
{
	const struct deed_tale_of_turn *const turn = &tales->turns[number % DEED_TALES_KEPT];

	return turn->worker == thread && turn->number == number ? turn : NULL;
}

/* The latest task of a thread that began by the time of a loan; null if it is not known. */
static const struct deed_tale_of_task *task_at(const struct deed_tales *tales, uint32_t thread,
					       uint64_t sequence)
{
	const struct deed_tale_of_task *best = NULL;

	for (const struct deed_tale_of_task *task = tales->tasks;
	     task < tales->tasks + DEED_TALES_KEPT; task++) {
		if (task->first && task->first <= sequence && turn_of(tales, thread, task->turn) &&
		    (!best || task->first > best->first))
			best = task;
	}
	return best;
}

static struct deed_tale tale_of(const struct deed_tale_of_turn *turn, size_t index)
{
	if (!turn)
		return (struct deed_tale){ 0 };
	return turn->cut.parts ? deed_tale_of_part(&turn->cut, index, turn->at, turn->caller)
			       : (struct deed_tale){ .at = turn->at, .is_async = true };
}

struct deed_tale deed_tale_of_thread(const struct deed_thread *me)
{
	const uint32_t number = me->in_task;

	return number ? tale_of(turn_of(&deed_tales[number], me->id, deed_task_cards[number].turn),
				me->task_index)
		      : (struct deed_tale){ 0 };
}

static struct deed_tale tale_at(uint32_t number, uint32_t thread, uint64_t sequence)
{
	const struct deed_tales *const tales = &deed_tales[number];
	const struct deed_tale_of_task *const task = task_at(tales, thread, sequence);

	return task ? tale_of(turn_of(tales, thread, task->turn), task->index)
		    : (struct deed_tale){ 0 };
}

struct deed_tale deed_tale_of_loan(const struct deed_loan *row)
{
	struct deed_tale tale = { 0 };

	if (!row->task)
		return tale;
	tale = row->is_part ? tale_of(turn_of(&deed_tales[row->task], row->thread,
					      (uint32_t)(row->group >> 32)),
				      (uint32_t)row->group)
			    : tale_at(row->task, row->thread, row->sequence);
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
