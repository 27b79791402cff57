/* SPDX-License-Identifier: MIT
 *
 * lib/trap/whose.c - whose a loan is: the task's that uses it, of who waits for that, or another's.
 *
 * Decided by numbers, without a look at any task's struct: the table says which number's task
 * called the team of which. What a task may do then stands at the enum in task.h.
 */
#include "story.h"
#include "tale.h"
#include "task.h"

enum deed_whose deed_task_whose_slowly(const struct deed_thread *me, uint32_t number)
{
	uint32_t at = me->in_task;

	if (!at)
		return DEED_WHOSE_OTHERS;
	for (; deed_task_cards[at].outer; at = deed_task_cards[at].outer)
		if (deed_task_cards[at].outer == number)
			return DEED_WHOSE_ABOVE;
	if (number)
		return DEED_WHOSE_OTHERS;
	return deed_task_cards[at].is_handed_over ? DEED_WHOSE_BEFORE : DEED_WHOSE_ABOVE;
}

bool deed_task_holds(const struct deed_thread *me, uint32_t number, uint32_t thread)
{
	if (number || !me->in_task)
		return number == me->in_task ? number || thread == me->id
					     : deed_task_whose(me, number) == DEED_WHOSE_ABOVE;
	return thread == deed_task_cards[me->in_task].root_thread;
}

bool deed_task_took(const struct deed_thread *me, const struct deed_loan *row)
{
	uint32_t at = me->in_task;

	if (!row->task || !at)
		return true;
	for (; at; at = deed_task_cards[at].outer)
		if (at == row->task)
			return row->thread == deed_task_cards[at].thread &&
			       row->sequence >= deed_task_first(me, at);
	return false;
}

struct deed_finding *deed_loan_is_not_ours(struct deed_thread *me, uint32_t slot, const char *verb,
					   const void *frame, const struct deed_site *at)
{
	const struct deed_loan *const row = deed_loan_at(slot);
	const bool is_live = deed_loan_word(row) & DEED_LOAN_LIVE;
	const struct deed_tale mine = deed_tale_of_thread(me);
	const struct deed_tale theirs = deed_tale_of_loan(row);
	const enum deed_whose whose = is_live ? deed_task_whose(me, row->task) : DEED_WHOSE_OTHERS;
	const struct deed_plain name = deed_plain(at->text);
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E20, at, frame);

	deed_finding_does(finding, verb, false);
	deed_finding_cell(finding, row->cell);
	if (is_live)
		deed_finding_loan(finding, slot);
	else
		deed_finding_loan_story(finding, slot);
	deed_finding_event(finding, row->cell, 0, DEED_ROLE_ALLOCATED);
	if (whose == DEED_WHOSE_ABOVE)
		deed_finding_say(finding,
				 "`%s` is %s in %s, but it was lent %s: parts may only read it",
				 name.text, verb, deed_tale_name(&mine).text,
				 row->task ? "by the part around it" : "outside of all parts");
	else if (whose == DEED_WHOSE_BEFORE)
		deed_finding_say(
			finding,
			"`%s` is %s in %s, but it was lent %s by code that does not wait for it",
			name.text, verb, deed_tale_name(&mine).text,
			row->is_inout ? "inout" : "to read");
	else if (theirs.parts || theirs.is_async)
		deed_finding_say(
			finding, "`%s` is %s in %s, but it is a loan of %s%s%s", name.text, verb,
			deed_tale_name(&mine).text, deed_tale_name(&theirs).text,
			!is_live && mine.parts && mine.part == theirs.part ? " of another run" : "",
			is_live ? "" : ", which is over");
	else
		deed_finding_say(finding, "`%s` is %s in %s, but it is a loan of another task",
				 name.text, verb, deed_tale_name(&mine).text);
	return finding;
}
