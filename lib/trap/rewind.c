/* SPDX-License-Identifier: MIT
 *
 * lib/trap/rewind.c - arenas go back to a mark, or to the beginning; and what they held ends.
 *
 *     mark     the depth of the den's stack, and the buffer on its top: good while that is there
 *     rewind   takes all above off the stack, and puts the state before the lowest back
 *
 * All buffers of a rewind end or none: all shard locks are taken, each cell gets LOCK, and if
 * one of them is lent, all is given back. Gaps, and buffers that were dropped, are looked at
 * before; each that was written is raised by itself, with the arena free meanwhile, and the verb
 * begins anew.
 *
 * What comes next would lie where the old was, and hide from who still reads or writes that.
 * So the first chunk of an arena, which is all that most of them have, takes turns with a
 * twin:
 *
 *     first    [ this round's buffers    ]      [ dead until the next reset ]
 *     resting  [ the last round's, dead  ]      [ the next round's buffers  ]
 *
 * The twin counts nowhere, and is of the heap alone: an allocator of the program's may not have
 * it. It comes with the first reset, and stays.
 */
#include <string.h>

#include "../foreign.h"
#include "carve.h"
#include "den.h"
#include "fiber.h"
#include "guard.h"
#include "history.h"
#include "near.h"
#include "quarantine.h"
#include "shard.h"
#include "stack.h"

/* The room of the largest chunk that has a twin: what an arena that grows by itself has at most. */
#define RESTING_MAX ((size_t)4 << 20)

/* Each damage of a buffer is raised by itself, with the arena free meanwhile: the verb then begins
 * anew. True if there was one.
 */
static bool tell_damage(struct deed_visit *visit, size_t depth)
{
	for (size_t i = visit->den->depth; i-- > depth && !visit->finding;) {
		const struct deed_carving *const carving = &visit->den->stack[i];
		const struct deed_damage damage = deed_den_look_at(carving);

		if (damage.first)
			visit->finding = deed_den_tell_of(visit, carving, damage);
	}
	if (!visit->finding)
		return false;
	deed_den_leave(visit);
	visit->finding = NULL;
	return true;
}

struct look {
	const void *base;
	uint32_t slot;
};

static bool see_owner(uint32_t slot, void *context)
{
	struct look *const look = context;
	const struct deed_cell *const cell = deed_cell_at(slot);

	if (cell->is_live && cell->kind == DEED_KIND_FOREIGN && cell->base == look->base)
		look->slot = slot;
	return !look->slot;
}

/* The buffer that deed_new_with() has made of a block, which ends with it; 0 if there is none. The
 * block's row is live.
 */
static uint32_t owner_in(uint32_t block)
{
	const struct deed_cell *const cell = deed_cell_at(block);
	struct look look = { cell->base, 0 };
	struct deed_foreign foreign;

	if (!block || !(cell->flags & DEED_CELL_BLOCK))
		return 0;
	deed_near_search((uintptr_t)cell->base, (uintptr_t)cell->base + 1, see_owner, &look);
	return look.slot && deed_foreign_get(cell->base, &foreign) && foreign.allocator ? look.slot
											: 0;
}

static bool is_lent_now(uint32_t slot)
{
	return slot && (deed_cell_word(deed_cell_at(slot)) & DEED_CELL_LENT);
}

static bool lock_unlent(struct deed_cell *cell)
{
	uint64_t word = deed_cell_word(cell);

	do
		if (word & DEED_CELL_LENT)
			return false;
	while (!__atomic_compare_exchange_n(&cell->word, &word, word | DEED_CELL_LOCK, false,
					    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
	return true;
}

/* E08 of all that is lent from `depth` on. Under all shard locks. */
static struct deed_finding *is_lent(const struct deed_visit *visit, size_t depth)
{
	const struct deed_plain name = deed_plain(visit->at->text);
	struct deed_finding *finding = NULL;
	uint32_t first = 0;
	size_t buffers = 0;

	for (size_t i = depth; i < visit->den->depth; i++) {
		uint32_t slot = deed_den_live_row(&visit->den->stack[i]);

		if (!is_lent_now(slot))
			slot = owner_in(slot);
		if (!is_lent_now(slot))
			continue;
		if (!finding) {
			finding = deed_den_begin(visit, DEED_E08);
			deed_finding_cell(finding, slot);
			first = slot;
		}
		deed_finding_all_loans(finding, slot);
		buffers++;
	}
	if (!finding) { /* it was ended just now */
		finding = deed_den_begin(visit, DEED_E08);
		deed_finding_cell(finding, visit->den->slot);
	} else {
		deed_finding_event(finding, first, 0, DEED_ROLE_ALLOCATED);
	}
	if (buffers > 1)
		deed_finding_say(finding, "`%s` is %s %s while %zu of its buffers are still lent",
				 name.text, visit->verb,
				 visit->by_block ? deed_end_of_block(name.text) : "here", buffers);
	else
		deed_finding_say(
			finding, "`%s` is %s %s while `%s`, which it holds, is still lent",
			name.text, visit->verb,
			visit->by_block ? deed_end_of_block(name.text) : "here",
			deed_cell_name(deed_cell_at(first ? first : visit->den->slot)).text);
	return finding;
}

static void unlock(struct deed_cell *cell)
{
	__atomic_and_fetch(&cell->word, ~DEED_CELL_LOCK, __ATOMIC_RELEASE);
}

static void end_cell(const struct deed_visit *visit, uint32_t slot, enum deed_role role,
		     uint32_t stack)
{
	struct deed_cell *const cell = deed_cell_at(slot);

	if (deed_is_in_team(visit->me))
		deed_history_ends(visit->me, slot, role, visit->at);
	deed_cell_event(cell, role, visit->at, stack, deed_word_generation(deed_cell_word(cell)),
			visit->me->id);
	cell->is_live = 0;
	cell->quick_len = SIZE_MAX;
	(void)deed_cell_bump(cell);
}

/* Of a block: its memory is nobody's to give back any more. */
static void end_owner(const struct deed_visit *visit, uint32_t slot, enum deed_role role,
		      uint32_t stack)
{
	struct deed_cell *const cell = deed_cell_at(slot);
	struct deed_foreign foreign;

	(void)deed_foreign_take(cell->base, &foreign);
	end_cell(visit, slot, role, stack);
	deed_near_take(cell, slot);
	deed_cell_give(cell, slot);
}

/* What the parts of a plan have to say to the end of a buffer: E19, or null. Under all shard locks.
 */
static struct deed_finding *note_end(const struct deed_visit *visit, uint32_t slot)
{
	struct deed_act act = deed_act_of_all(slot, DEED_ROLE_RESET, visit->at, visit->frame);

	act.verb = visit->verb;
	act.by_block = visit->by_block;
	return slot ? deed_history_note(visit->me, &act) : NULL;
}

static void note_ends(struct deed_visit *visit, size_t depth)
{
	for (size_t i = depth; !visit->finding && i < visit->den->depth; i++) {
		const uint32_t slot = deed_den_live_row(&visit->den->stack[i]);

		visit->finding = note_end(visit, slot);
		if (!visit->finding)
			visit->finding = note_end(visit, owner_in(slot));
	}
}

/* Takes the buffers from `depth` on out of the ledger; none, and a finding, if one is lent. The
 * rows that are to be given back are left in `slot`, 0 where there is none.
 */
static bool end_buffers(struct deed_visit *visit, size_t depth, uint32_t stack)
{
	struct deed_den *const den = visit->den;
	const enum deed_role role =
		visit->by_block ? deed_event_by_block(DEED_ROLE_RESET) : DEED_ROLE_RESET;
	size_t locked = den->depth;

	deed_shards_take();
	if (deed_is_in_team(visit->me))
		note_ends(visit, depth);
	while (!visit->finding && locked > depth) {
		const uint32_t slot = deed_den_live_row(&den->stack[locked - 1]);

		const uint32_t owner = owner_in(slot);

		if (slot && !lock_unlent(deed_cell_at(slot)))
			break;
		if (owner && !lock_unlent(deed_cell_at(owner))) {
			unlock(deed_cell_at(slot));
			break;
		}
		locked--;
	}
	if (!visit->finding && locked > depth)
		visit->finding = is_lent(visit, depth);
	for (size_t i = locked; i < den->depth; i++) {
		const uint32_t slot = deed_den_live_row(&den->stack[i]);
		const uint32_t owner = owner_in(slot);

		if (!visit->finding)
			den->stack[i].slot = slot;
		if (visit->finding && slot)
			unlock(deed_cell_at(slot));
		else if (slot)
			end_cell(visit, slot, role, stack);
		if (visit->finding && owner)
			unlock(deed_cell_at(owner));
		else if (owner)
			end_owner(visit, owner, role, stack);
	}
	deed_shards_give();
	return !visit->finding;
}

/* The memory of what has ended, from `depth` on, and its rows, are free. */
static void free_buffers(struct deed_visit *visit, size_t depth)
{
	struct deed_den *const den = visit->den;

	if (depth == den->depth) {
		visit->arena->floor = visit->arena->at;
		return;
	}
	while (den->depth > depth) {
		struct deed_carving *const carving = deed_den_top(den);

		den->depth--;
		if (carving->slot) {
			deed_near_take(deed_cell_at(carving->slot), carving->slot);
			deed_cell_give(deed_cell_at(carving->slot), carving->slot);
		}
		deed_carving_set_dead(carving);
	}
	deed_arena_return_(visit->arena, &den->stack[depth].before);
}

/* The row of the arena with an id, which is closed perhaps; 0 if that is forgotten. All rows are
 * asked: it takes a while, for a fault. */
static uint32_t arena_of(uint64_t id)
{
	const uint32_t made = deed_cells_made();

	for (uint32_t slot = 1; slot < made; slot++) {
		const struct deed_cell *const cell = deed_cell_at(slot);

		if (cell->kind == DEED_KIND_WHOLE_ARENA && cell->event_count && cell->id == id)
			return slot;
	}
	return 0;
}

/* A mark whose place has ended: the reset that ended it, if it is remembered. */
static void tell_gone(const struct deed_visit *visit, struct deed_finding *finding)
{
	const uint32_t slot = visit->den->slot;
	const struct deed_cell *const cell = deed_cell_at(slot);
	int event;

	deed_shard_take(slot);
	deed_finding_cell(finding, slot);
	for (uint32_t back = 0; (event = deed_cell_event_back(cell, back)) > 0; back++)
		if (deed_event_role(cell, event) == DEED_ROLE_RESET)
			break;
	deed_finding_event(finding, slot, event > 0 ? event : -1, DEED_ROLE_RESET);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	deed_shard_give(slot);
	deed_finding_say(finding,
			 "`%s` is rewound here to a mark that is gone: what was carved before it "
			 "has ended",
			 deed_plain(visit->at->text).text);
}

/* A mark of another arena, and of which. */
static void tell_foreign(const struct deed_visit *visit, struct deed_finding *finding, uint64_t its)
{
	const uint32_t slot = visit->den->slot, other = arena_of(its);
	const struct deed_cell *const cell = deed_cell_at(other);
	struct deed_plain name = { "" };
	bool is_live = false;

	deed_shard_take(slot);
	deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	deed_shard_give(slot);
	if (other) {
		deed_shard_take(other);
		is_live = cell->is_live;
		name = deed_plain(cell->name);
		deed_finding_event(finding, other, 0, DEED_ROLE_ALLOCATED);
		deed_shard_give(other);
	}
	if (*name.text)
		deed_finding_say(finding, "`%s` is rewound here to a mark of `%s`%s",
				 deed_plain(visit->at->text).text, name.text,
				 is_live ? "" : ", which was closed");
	else
		deed_finding_say(finding,
				 "`%s` is rewound here to a mark of another arena, or of one that "
				 "was closed",
				 deed_plain(visit->at->text).text);
}

/* What a mark is good for: -1, and a finding, for none. */
static ptrdiff_t depth_of(struct deed_visit *visit, const struct deed_arena_mark *mark)
{
	const struct deed_den *const den = visit->den;
	const bool is_its = mark->at.was.arena == deed_cell_at(den->slot)->id;
	const size_t depth = mark->at.was.depth;

	if (is_its && depth <= den->depth &&
	    (depth ? den->stack[depth - 1].serial : den->emptied) == mark->at.was.last)
		return (ptrdiff_t)depth;
	visit->finding = deed_den_begin(visit, is_its ? DEED_E21 : DEED_E18);
	if (is_its)
		tell_gone(visit, visit->finding);
	else
		tell_foreign(visit, visit->finding, mark->at.was.arena);
	return -1;
}

/* The arena has come to where it was to be: that is an event of its, too, by one of the
 * DEED_EVENT_ bits or none. Leaves it. */
static void note_reset(struct deed_visit *visit, unsigned how)
{
	struct deed_cell *const cell = deed_cell_at(visit->den->slot);
	const uint32_t stack =
		deed_stack_keep(visit->frame, visit->me->stack_lo, visit->me->stack_hi);

	deed_shard_take(visit->den->slot);
	/* It has ended no generation. */
	deed_cell_event(cell, (enum deed_role)((unsigned)DEED_ROLE_RESET | how), visit->at, stack,
			deed_word_generation(deed_cell_word(cell)) - 1, visit->me->id);
	deed_shard_give(visit->den->slot);
	deed_den_leave(visit);
}

bool deed_den_end_from(struct deed_visit *visit, const struct deed_arena_mark *mark)
{
	ptrdiff_t depth;
	uint32_t stack;

	do {
		if (!deed_den_enter(visit, mark != NULL))
			return false;
		if (deed_guard_is_dead(visit->me, visit->frame)) {
			deed_den_step_out(visit);
			(void)deed_guards_end_jumped_over(visit->me, visit->at, visit->frame);
			deed_leave(visit->me);
			if (!deed_den_enter(visit, mark != NULL))
				return false;
		}
		if (!visit->den) {
			deed_leave(visit->me);
			return false;
		}
		depth = mark ? depth_of(visit, mark) : 0;
		if (depth < 0) {
			deed_den_leave(visit);
			return false;
		}
	} while (tell_damage(visit, (size_t)depth));
	stack = deed_stack_keep(visit->frame, visit->me->stack_lo, visit->me->stack_hi);
	if (!end_buffers(visit, (size_t)depth, stack)) {
		deed_den_leave(visit);
		return false;
	}
	free_buffers(visit, (size_t)depth);
	if (!mark)
		deed_arena_return_(visit->arena, NULL);
	return true;
}

/* The first chunk of an arena in which nothing lives makes room for its twin, if something lived
 * there since the last time. The arena is busy meanwhile: others do not see it. */
static void take_turns(struct deed_visit *visit)
{
	struct deed_arena *const arena = visit->arena;
	struct deed_den *const den = visit->den;
	struct deed_arena_chunk *const was = arena->first;
	struct deed_arena_chunk *now = den->resting;

	if (den->depth || den->rested == den->last_serial || !was || arena->allocator ||
	    was->room > RESTING_MAX || was->room > deed_quarantine_limit())
		return;
	if (!now) {
		deed_leave(visit->me);
		now = deed_arena_chunk_new(arena, was->room);
		visit->me = deed_enter();
	}
	if (!now)
		return;
	den->resting = was;
	den->rested = den->last_serial;
	now->previous = NULL;
	now->next = was->next;
	if (now->next)
		now->next->previous = now;
	arena->first = now;
	arena->start = now->base;
	arena->stop = now->base + now->room;
	deed_arena_return_(arena, NULL);
}

DEED_EXPORT void deed_trap_arena_rewind(struct deed_arena *arena,
					const struct deed_arena_mark *mark, const void *frame,
					const struct deed_site *at)
{
	struct deed_visit visit = { .arena = arena, .at = at, .frame = frame, .verb = "rewound" };

	if (deed_den_end_from(&visit, mark)) {
		take_turns(&visit);
		note_reset(&visit, DEED_EVENT_TO_MARK);
	}
}

DEED_EXPORT void deed_trap_arena_reset(struct deed_arena *arena, const void *frame,
				       const struct deed_site *at)
{
	struct deed_visit visit = { .arena = arena, .at = at, .frame = frame, .verb = "reset" };

	if (deed_den_end_from(&visit, NULL)) {
		take_turns(&visit);
		note_reset(&visit, 0);
	}
}

/* The block's arena is the thread's, whose tasks use it in turn. The chunks with all that they were
 * allocated as: when the thread ends, outside of all tasks, it gives them back. */
static void forget_between_tasks(const struct deed_arena *arena)
{
	const size_t front = deed_arena_front(arena);

	deed_fiber_forget(arena, sizeof *arena);
	for (const struct deed_arena_chunk *at = arena->first; at; at = at->next)
		deed_fiber_forget(at->base - front, front + at->room + DEED_CHUNK_TAIL);
}

void deed_scratch_reset(struct deed_arena *arena, const void *frame, const struct deed_site *at)
{
	struct deed_visit visit = {
		.arena = arena, .at = at, .frame = frame, .verb = "reset", .by_block = true
	};

	if (deed_den_end_from(&visit, NULL)) {
		take_turns(&visit);
		note_reset(&visit, DEED_EVENT_BY_BLOCK);
	}
	forget_between_tasks(arena);
}

DEED_EXPORT struct deed_arena_mark deed_trap_arena_mark(struct deed_arena *arena, const void *frame,
							const struct deed_site *at)
{
	struct deed_visit visit = { .arena = arena, .at = at, .frame = frame, .verb = "marked" };
	struct deed_arena_mark mark;

	memset(&mark, 0, sizeof mark);
	if (!deed_den_enter(&visit, true))
		return mark;
	if (visit.den) {
		const struct deed_carving *const top = deed_den_top(visit.den);

		arena->floor = arena->at;
		mark.at.was.arena = deed_cell_at(visit.den->slot)->id;
		mark.at.was.depth = visit.den->depth;
		mark.at.was.last = top ? top->serial : visit.den->emptied;
	}
	deed_den_leave(&visit);
	return mark;
}
