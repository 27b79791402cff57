/* SPDX-License-Identifier: MIT
 *
 * lib/trap/task.c - tasks begin and end, and what they leave behind.
 *
 * Each live task has a number, and the loans that it takes have it in their words (loan.h) and in
 * their rows, where it stays when they end. A number belongs to a thread and a depth: a
 * thread takes it at its first task of that depth, and gives it back when it exits, so that a task
 * costs no lock. What a number's tasks were called, the latest of them, is kept in tale.c.
 *
 *     thread --first_number--> n1 --deeper--> n2 --deeper--> ...    the task at work: in_task
 *
 * While a thread is in a task its loans are taken and ended by the slow ways alone: the row that a
 * quick loan would begin in is set aside, and so is the word that a quick end compares. So the
 * quick ways pay nothing for tasks. Inline checks compare with deed_trap_rights, of each thread.
 *
 * A task's struct is on the stack of the pool, and the stack may be no more: the program may have
 * jumped out of the task, or the thread may exit. So nothing here looks at a task's struct but
 * deed_task_end(), which gets it. What is below the frame that called the team is in the task,
 * and what is not has left it; frames of different stacks are never compared.
 *
 * Lock: numbers are taken and given back under TASKS.
 */
#include "task.h"

#include "../lock.h"
#include "end.h"
#include "guard.h"
#include "shard.h"
#include "share.h"
#include "slots.h"
#include "story.h"
#include "tale.h"

struct deed_task_card deed_task_cards[DEED_TASKS_MAX + 1];

DEED_EXPORT __thread struct deed_trap_rights deed_trap_rights = {
	.reads = ~DEED_LOAN_WRITES,
	.writes = DEED_LOAN_LIVE | DEED_LOAN_WRITES,
};

static struct {
	struct deed_lock lock;
	uint32_t made; /* numbers ever used */
	uint32_t free_count;
	uint16_t free[DEED_TASKS_MAX];
	uint16_t deeper[DEED_TASKS_MAX +
			1]; /* of a number the next one of its thread; 0: none yet */
} numbers;

/* ---- numbers -------------------------------------------------------------------------------- */

static uint32_t number_take(void)
{
	uint32_t number = 0;

	deed_lock_take(&numbers.lock);
	if (numbers.free_count)
		number = numbers.free[--numbers.free_count];
	else if (numbers.made < DEED_TASKS_MAX)
		number = ++numbers.made;
	deed_lock_give(&numbers.lock);
	if (!number)
		deed_ledger_stops("too many tasks are at work at once");
	return number;
}

/* The one of the task that begins. */
static uint32_t number_next(struct deed_thread *me)
{
	const uint32_t here = me->in_task;
	uint32_t number = here ? numbers.deeper[here] : me->first_number;

	if (DEED_LIKELY(number))
		return number;
	number = number_take();
	deed_task_cards[number].bits = deed_task_bits(number);
	if (here)
		numbers.deeper[here] = (uint16_t)number;
	else
		me->first_number = number;
	return number;
}

static void numbers_give_back(struct deed_thread *me)
{
	uint32_t number = me->first_number;

	me->first_number = 0;
	deed_lock_take(&numbers.lock);
	while (number) {
		const uint32_t next = numbers.deeper[number];

		numbers.deeper[number] = 0;
		numbers.free[numbers.free_count++] = (uint16_t)number;
		number = next;
	}
	deed_lock_give(&numbers.lock);
}

uint64_t deed_task_first(const struct deed_thread *me, uint32_t number)
{
	return number == me->in_task ? me->task_first : deed_task_cards[number].first;
}

/* ---- what a task leaves behind -------------------------------------------------------------- */

/* How a task ends. */
enum way { RETURNED, JUMPED, EXITED, UNWOUND };

static struct deed_finding *outlives(struct deed_thread *me, uint32_t slot, enum way way,
				     const struct deed_site *at, const void *frame)
{
	static const char *const because[] = {
		[RETURNED] = "it returned without ending the loan",
		[JUMPED] = "a jump out of it (longjmp) did not end the loan",
		[EXITED] = "its thread ended without ending the loan (pthread_exit)",
	};
	const struct deed_loan *const row = deed_loan_at(slot);
	const struct deed_tale tale = deed_tale_of_loan(row);
	struct deed_finding *finding;
	struct deed_plain name;

	deed_shard_take(row->cell);
	name = deed_plain(row->site->text);
	finding = deed_finding_begin(me, DEED_E14, at ? at : row->site, at ? frame : NULL);
	deed_finding_does(finding,
			  way == EXITED	  ? "ended"
			  : way == JUMPED ? "jumped"
					  : "returned",
			  false);
	deed_finding_cell(finding, row->cell);
	deed_finding_loan(finding, slot);
	deed_finding_event(finding, row->cell, 0, DEED_ROLE_ALLOCATED);
	deed_finding_say(finding, "`%s` is %s in %s, in %s%s, and %s", name.text,
			 row->is_share ? "shared out" : "lent", deed_tale_name(&tale).text,
			 row->site->function, deed_parentheses(row->site->function),
			 row->is_share && way == RETURNED
				 ? "it returned without running the parts of that plan"
				 : because[way]);
	deed_shard_give(row->cell);
	return finding;
}

/* A loan of the task's that lives, and does not end with another of its own: the one that was taken
 * first. 0 if there is none. `parts`: a part of a share, which ends with the task. */
static uint32_t left_behind(const struct deed_thread *me, uint32_t number, bool parts)
{
	const uint32_t made = deed_loans_made();
	uint32_t first = 0;

	for (uint32_t slot = 1; slot < made; slot++) {
		const struct deed_loan *const row = deed_loan_at(slot);
		struct deed_look look;

		/* The thread's own loans do not change meanwhile. */
		if (!deed_loan_look(slot, &look) || look.task != number || look.thread != me->id ||
		    deed_loan_is_piece(row) || row->is_part != parts)
			continue;
		if (row->parent && deed_loan_at(row->parent)->task == number &&
		    !deed_loan_at(row->parent)->is_part)
			continue;
		if (!first || row->sequence < deed_loan_at(first)->sequence)
			first = slot;
	}
	return first;
}

static void end_one(struct deed_thread *me, uint32_t slot, const struct deed_site *at)
{
	struct deed_loan *const row = deed_loan_at(slot);

	if (!deed_end_loan(me, deed_loan_id(row, slot), 0, at ? at : row->site))
		return;
	if (row->is_part)
		deed_part_row_give(me, row);
	else
		deed_slot_give(me, slot);
}

static void end_all(struct deed_thread *me, uint32_t number, enum way way,
		    const struct deed_site *at, const void *frame)
{
	uint32_t *const live =
		number == me->in_task ? &me->task_live : &deed_task_cards[number].live;
	struct deed_finding *finding;
	uint32_t slot;

	/* Guards first, for they have a list; their blocks are left. */
	if (way != UNWOUND)
		(void)deed_guards_end_since(me, deed_task_first(me, number), at, frame,
					    way == EXITED);
	/* An E14 that its handler jumps out of leaves the others to be found as jumped over. */
	while (*live && (slot = left_behind(me, number, false))) {
		finding = way == UNWOUND ? NULL : outlives(me, slot, way, at, frame);
		end_one(me, slot, at);
		if (finding) {
			deed_raise(me, finding);
			me->inside = 1;
		}
	}
	*live = 0;
}

/* The thread goes from one turn to another: 0 is none. */
static void change(struct deed_thread *me, uint32_t number)
{
	struct deed_task_card *const from = &deed_task_cards[me->in_task];
	const struct deed_task_card *const to = &deed_task_cards[number];

	if (me->in_task) { /* the first card is of no thread, and all zero */
		from->live = me->task_live;
		from->first = me->task_first;
		from->index = me->task_index;
	}
	me->task_live = to->live;
	me->task_first = to->first;
	me->task_index = to->index;
	me->task_is_noted = true; /* it has called the team, or is over */
	me->task = to->task;
	me->in_task = number;
}

/* Back to what the thread was at. */
static void pop(struct deed_thread *me)
{
	const uint32_t before = deed_task_cards[me->in_task].before;
	const uint64_t bits = deed_task_cards[before].bits; /* 0 of none */

	change(me, before);
	deed_trap_rights.writes = DEED_LOAN_LIVE | DEED_LOAN_WRITES | bits;
	deed_trap_rights.reads = before && deed_task_cards[before].is_handed_over
					 ? ~bits
					 : ~(DEED_LOAN_WRITES | bits);
	if (!before) {
		me->whole = DEED_WHO_WHOLE(me->id, 0);
		deed_next_row = me->next_row;
	}
}

/* What is left of a task whose struct may be gone. It is the thread's no more. */
static void bury(struct deed_thread *me, uint32_t number, enum way way, const struct deed_site *at,
		 const void *frame)
{
	uint32_t slot;

	deed_task_cards[number].is_unwound = way == UNWOUND;
	end_all(me, number, way, at, frame);
	while ((slot = left_behind(me, number, true)))
		end_one(me, slot, at);
}

/* Out of tasks up to `last`, which is one that the thread is in, and then the rest: what is told
 * meanwhile is told of who is there yet. */
static void abandon(struct deed_thread *me, uint32_t last, enum way way, const struct deed_site *at,
		    const void *frame)
{
	const uint32_t end = deed_task_cards[last].before;
	uint32_t number = me->in_task;

	while (me->in_task != end)
		pop(me);
	for (uint32_t next; number != end; number = next) {
		next = deed_task_cards[number].before;
		bury(me, number, way, at, frame);
	}
}

static bool is_jumped_out_of(const struct deed_thread *me, uint32_t number, uintptr_t frame)
{
	const uintptr_t limit = deed_task_cards[number].limit;

	return frame >= limit && deed_on_own_stack(me, frame) && deed_on_own_stack(me, limit);
}

void deed_task_see_slowly(struct deed_thread *me, const void *frame, const struct deed_site *at)
{
	uint32_t last = 0;

	for (uint32_t number = me->in_task;
	     number && is_jumped_out_of(me, number, (uintptr_t)frame);
	     number = deed_task_cards[number].before)
		last = number;
	if (last)
		abandon(me, last, JUMPED, at, frame);
}

void deed_tasks_unwind(struct deed_thread *me, uint64_t mark)
{
	uint32_t last = 0;

	for (uint32_t number = me->in_task; number && deed_task_first(me, number) > mark;
	     number = deed_task_cards[number].before)
		last = number;
	if (last) {
		deed_shares_unwound(me, deed_task_cards[last].before);
		abandon(me, last, UNWOUND, NULL, NULL);
	}
}

bool deed_task_is_unwound(const struct deed_thread *me, size_t index)
{
	uint32_t number = me->in_task ? numbers.deeper[me->in_task] : me->first_number;

	while (number && deed_task_cards[number].is_unwound &&
	       deed_task_cards[number].index != index)
		number = numbers.deeper[number];
	return number && deed_task_cards[number].is_unwound;
}

void deed_tasks_end_with_thread(struct deed_thread *me)
{
	uint32_t last = me->in_task;

	if (!last) {
		numbers_give_back(me);
		return;
	}
	/* Its numbers are nobody's from now on: others may be at work for the task. */
	while (deed_task_cards[last].before)
		last = deed_task_cards[last].before;
	me->inside = 1;
	abandon(me, last, EXITED, NULL, NULL);
	me->inside = 0;
}

/* ---- turns ---------------------------------------------------------------------------------- */

/* What the table says of a turn that begins. */
static void fill(struct deed_task_card *card, const struct deed_thread *me, struct deed_task *task)
{
	const struct deed_team *const team = task->team;

	card->task = task;
	card->limit = (uintptr_t)(team ? team->frame : (const void *)task);
	card->thread = me->id;
	card->before = me->in_task;
	card->live = 0;
	card->is_unwound = false;
	if (DEED_UNLIKELY(team && team->outer)) {
		const struct deed_task_card *const above = &deed_task_cards[team->outer->number];

		card->outer = team->outer->number;
		card->root_thread = above->root_thread;
		card->is_handed_over = above->is_handed_over;
	} else {
		card->outer = 0;
		card->root_thread = team ? team->thread : 0;
		card->is_handed_over = !team;
	}
}

/* The first task of a turn, or the first after one that was unwound. Inside. */
static __attribute__((noinline)) void push(struct deed_thread *me, struct deed_task *task)
{
	struct deed_task_card *card;

	task->number = number_next(me);
	card = &deed_task_cards[task->number];
	fill(card, me, task);
	card->turn = task->turn = deed_tale_turn(me, task->number, task);
	task->rows = card->rows ? deed_loan_at(card->rows) : NULL;
	task->row_next = 0;
	task->who = me->id | DEED_WHO_IS_PART | DEED_WHO_TASK(task->number);
	deed_trap_rights.writes = DEED_LOAN_LIVE | DEED_LOAN_WRITES | card->bits;
	deed_trap_rights.reads =
		card->is_handed_over ? ~card->bits : ~(DEED_LOAN_WRITES | card->bits);
	if (!me->in_task) {
		me->next_row = deed_next_row;
		deed_next_row = NULL;
		me->whole = ~(uint64_t)0;
	}
	change(me, task->number);
}

void deed_turn_end(struct deed_task *task)
{
	struct deed_thread *me;

	if (!task->number)
		return;
	me = deed_enter();
	if (!me)
		return;
	if (me->task == task)
		pop(me); /* else the last task was unwound */
	deed_leave(me);
}

/* ---- tasks ---------------------------------------------------------------------------------- */

static DEED_COLD DEED_UNSEEN void watch(struct deed_task *task, const void *stack)
{
	struct deed_team *const team = task->team;

	deed_fiber_begin(&task->fiber, team ? &team->fibers : NULL, task->part, stack);
	if (team && team->is_timed)
		task->began_ns = deed_team_now_ns();
}

static DEED_COLD DEED_UNSEEN void watch_no_more(struct deed_task *task, const void *stack)
{
	struct deed_team *const team = task->team;

	/* The part that it was given lies above its frame, in the pool's. */
	deed_fiber_end(&task->fiber, team ? &team->fibers : NULL,
		       task->part ? (const void *)(task->part + 1) : stack);
}

/* Part of its caller always, whatever that is compiled as. */
static inline __attribute__((always_inline)) void begin(struct deed_thread *me,
							struct deed_task *task, const void *stack)
{
	/* A number of its own: so a mark is of before it, or of after. */
	me->task_first = ++me->loans_taken;
	me->task_index = task->index;
	me->task_is_noted = false;
	if (DEED_UNLIKELY(task->is_watched))
		watch(task, stack);
}

/* The first of a turn. Not in a signal handler that interrupted the ledger, where each verb is E24.
 */
static DEED_COLD DEED_UNSEEN void begin_first(struct deed_task *task, const void *stack)
{
	struct deed_thread *const me = deed_enter();

	if (!me)
		return;
	push(me, task);
	deed_leave(me);
	begin(me, task, stack);
}

DEED_UNSEEN void deed_task_begin(struct deed_task *task, struct deed_part *part, size_t index)
{
	struct deed_thread *const me = deed_self;

	task->part = part;
	task->index = (uint32_t)index;
	if (DEED_UNLIKELY(!me) || DEED_UNLIKELY(me->task != task || !task->number))
		begin_first(task, __builtin_dwarf_cfa());
	else
		begin(me, task, __builtin_dwarf_cfa());
}

/* Of tasks inside of this one, on the same thread, which were jumped out of: the outermost; 0 if
 * there is none. `*ret_is_over`: it was unwound, and its function returned after all. */
static DEED_COLD uint32_t inner_of(const struct deed_thread *me, const struct deed_task *task,
				   bool *ret_is_over)
{
	uint32_t at = me->in_task, inner = 0;

	for (; at && deed_task_cards[at].task != task; at = deed_task_cards[at].before)
		inner = at;
	*ret_is_over = !at;
	return inner;
}

static DEED_COLD DEED_UNSEEN void end_otherwise(struct deed_task *task, const void *stack)
{
	struct deed_thread *me;
	bool is_over = false;
	uint32_t inner;

	if (!task->number)
		return;
	if (task->is_watched && task->team && task->team->is_timed)
		deed_team_note_time(task->team, task->began_ns);
	me = deed_enter();
	if (me && me->task != task) {
		inner = inner_of(me, task, &is_over);
		if (inner && !is_over)
			abandon(me, inner, JUMPED, task->at, task->frame);
	}
	if (me && !is_over) {
		if (me->task_live)
			end_all(me, task->number, RETURNED, task->at, task->frame);
		deed_parts_end(me, task);
	}
	task->parts = 0; /* of one that was unwound they have ended */
	if (me)
		deed_leave(me);
	if (task->is_watched)
		watch_no_more(task, stack);
}

static DEED_COLD void end_parts(struct deed_thread *me, struct deed_task *task)
{
	deed_parts_end(me, task);
	deed_leave(me);
}

DEED_UNSEEN void deed_task_end(struct deed_task *task)
{
	struct deed_thread *const me = deed_self;

	if (DEED_UNLIKELY(!me) || DEED_UNLIKELY(me->task != task) || DEED_UNLIKELY(me->inside) ||
	    DEED_UNLIKELY(me->task_live) || DEED_UNLIKELY(task->is_watched)) {
		end_otherwise(task, __builtin_dwarf_cfa());
		return;
	}
	if (!task->parts)
		return;
	me->inside = 1;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (DEED_UNLIKELY(!deed_parts_end_quickly(task))) {
		end_parts(me, task);
		return;
	}
	deed_leave(me);
}

/* ---- fork ----------------------------------------------------------------------------------- */

void deed_tasks_fork_prepare(void)
{
	deed_lock_take(&numbers.lock);
}

/* In the child there is one thread: the numbers of all others are free, but for those of tasks that
 * wait for its own. */
static void only_own_are_taken(const struct deed_thread *me)
{
	bool is_taken[DEED_TASKS_MAX + 1] = { false };

	for (uint32_t at = me->first_number; at; at = numbers.deeper[at])
		is_taken[at] = true;
	for (uint32_t at = me->in_task; at; at = deed_task_cards[at].outer)
		is_taken[at] = true;
	numbers.free_count = 0;
	for (uint32_t number = 1; number <= numbers.made; number++)
		if (!is_taken[number]) {
			numbers.deeper[number] = 0;
			numbers.free[numbers.free_count++] = (uint16_t)number;
		}
}

void deed_tasks_fork_done(bool is_child)
{
	if (is_child && deed_self)
		only_own_are_taken(deed_self);
	deed_lock_give(&numbers.lock);
}
