/* SPDX-License-Identifier: MIT
 *
 * lib/trap/open.c - arenas are opened and closed.
 *
 * An arena that was not opened begins with the first verb that needs its den (den.c). One that is
 * closed ends as by a reset; what is free of its chunks, which is all of them then, is looked
 * at before they go. A scratch arena gives its chunks back, and stays what it is until its block or
 * part ends: no leak, and nobody else's.
 *
 * A caller's block is lent to the arena by its address, as by DEED_LEND, but until the close and
 * not for a block of the program: what is done meanwhile to the buffer that it lies in, if it does,
 * is a fault of that.
 */
#include <errno.h>

#include "carve.h"
#include "den.h"
#include "end.h"
#include "guard.h"
#include "lease.h"
#include "raw.h"
#include "shard.h"
#include "shown.h"
#include "slots.h"
#include "stack.h"
#include "tree.h"

/* Whether `arena` may be begun anew: E02 if it is an arena that holds memory. */
static bool is_free(struct deed_arena *arena, const void *frame, const struct deed_site *at)
{
	struct deed_visit visit = {
		.me = deed_enter(), .arena = arena, .at = at, .frame = frame, .verb = "opened"
	};
	const uint32_t slot = deed_word_slot(arena->own);
	struct deed_cell *const cell = deed_cell_at(slot);

	if (!visit.me) {
		deed_reentered(at, frame);
		return false;
	}
	deed_show_write(arena, sizeof *arena, frame);
	if (arena->own && cell) {
		deed_shard_take(slot);
		if (cell->is_live && cell->kind == DEED_KIND_WHOLE_ARENA && cell->home == arena &&
		    deed_word_generation(arena->own) ==
			    deed_word_generation(deed_cell_word(cell))) {
			visit.finding = deed_den_begin(&visit, DEED_E02);
			deed_finding_cell(visit.finding, slot);
			deed_finding_event(visit.finding, slot, 0, DEED_ROLE_ALLOCATED);
			deed_finding_say(
				visit.finding,
				"opening `%s` would lose the %zu bytes that it still holds",
				deed_plain(at->text).text, arena->reserved);
		}
		deed_shard_give(slot);
	}
	deed_den_leave(&visit);
	return !visit.finding;
}

static void end_block(struct deed_thread *me, uint64_t loan, const struct deed_site *at)
{
	if (loan && deed_end_loan(me, loan, 0, at))
		deed_slot_give(me, deed_loan_slot(loan));
}

/* Opened anew; without memory for a row, its first verb asks for it again, and nothing is known of
 * the block that it lies over, nor is the `front` of that a gap.
 */
static void begin_den(struct deed_arena *arena, uint64_t loan, size_t front, const void *frame,
		      const struct deed_site *at)
{
	struct deed_visit visit = { .arena = arena, .at = at, .frame = frame, .verb = "opened" };

	if (!deed_den_enter(&visit, true))
		return;
	if (visit.den) {
		visit.den->loan = loan;
		visit.den->front = front;
		if (arena->is_over)
			deed_chunk_comes(arena->start - front, front);
	} else {
		end_block(visit.me, loan, at);
	}
	deed_den_leave(&visit);
}

DEED_EXPORT int deed_trap_arena_open(struct deed_arena *arena,
				     const struct deed_arena_options *options, const void *frame,
				     const struct deed_site *at)
{
	int err;

	if (!is_free(arena, frame, at))
		return -EPERM;
	err = deed_arena_open_release_(arena, options);
	if (!err)
		begin_den(arena, 0, 0, frame, at);
	return err;
}

/* The block is the arena's alone until it is closed: a loan of the buffer that it lies in, if there
 * is one. True if it is; else all is told.
 */
static bool lend_block(const void *memory, size_t bytes, const void *frame,
		       const struct deed_site *at, uint64_t *ret_loan)
{
	struct deed_thread *const me = deed_enter();
	struct deed_ask ask = {
		.at = at, .frame = frame, .is_inout = true, .is_arenas = true, .is_unnoted = true
	};
	struct deed_finding *finding = NULL;

	ask.stack = deed_ask_stack(me, frame);
	(void)deed_guards_end_jumped_over(me, at, frame);
	*ret_loan = deed_raw_lend(me, &ask, memory, bytes, &finding);
	if (finding)
		deed_raise(me, finding);
	else
		deed_leave(me);
	return !finding;
}

DEED_EXPORT int deed_trap_arena_open_over(struct deed_arena *arena, void *memory, size_t bytes,
					  const void *frame, const struct deed_site *at)
{
	struct deed_arena fresh;
	uint64_t loan;
	int err;

	if (!is_free(arena, frame, at))
		return -EPERM;
	err = deed_arena_open_over_release_(&fresh, memory, bytes);
	if (err)
		return err;
	if (!lend_block(memory, bytes, frame, at, &loan))
		return -EPERM;
	*arena = fresh;
	deed_chunk_comes(arena->start, arena->reserved);
	begin_den(arena, loan, (size_t)(arena->start - (char *)memory), frame, at);
	return 0;
}

/* What is free in all chunks, when everything is. */
static void look_at_chunks(struct deed_visit *visit)
{
	const struct deed_arena *const arena = visit->arena;
	const struct deed_arena_chunk *const resting = visit->den->resting;
	const size_t front = deed_den_front(visit);

	if (arena->is_over)
		deed_den_look(visit, arena->start - front, front + arena->reserved);
	for (const struct deed_arena_chunk *chunk = arena->first; chunk; chunk = chunk->next)
		deed_den_look(visit, chunk->base - front, front + chunk->room);
	if (resting)
		deed_den_look(visit, resting->base - front, front + resting->room);
	deed_den_tell_damage(visit);
}

static void note_end(const struct deed_visit *visit, enum deed_role role, uint64_t generation)
{
	deed_cell_event(deed_cell_at(visit->den->slot), role, visit->at,
			deed_stack_keep(visit->frame, visit->me->stack_lo, visit->me->stack_hi),
			generation, visit->me->id);
}

/* Gives the chunks back, of an arena that stays, and that others do not see meanwhile. Leaves. */
static void empty(struct deed_visit *visit)
{
	struct deed_den *const den = visit->den;
	struct deed_arena_chunk *const resting = den->resting;
	struct deed_arena was = *visit->arena;

	*visit->arena = (struct deed_arena){ .own = was.own, .turn = was.turn };
	den->resting = NULL;
	den->emptied = den->last_serial;
	deed_shard_take(den->slot);
	note_end(visit, DEED_ROLE_RESET,
		 deed_word_generation(deed_cell_word(deed_cell_at(den->slot))) - 1);
	deed_shard_give(den->slot);
	deed_leave(visit->me);
	if (resting)
		deed_arena_chunk_free(&was, resting);
	deed_arena_close_release_(&was);
	visit->me = deed_enter();
	deed_den_leave(visit);
}

DEED_EXPORT void deed_trap_arena_close(struct deed_arena *arena, const void *frame,
				       const struct deed_site *at)
{
	struct deed_visit visit = { .arena = arena, .at = at, .frame = frame, .verb = "closed" };
	struct deed_cell *cell;
	struct deed_den *den;

	if (!deed_den_end_from(&visit, NULL))
		return;
	look_at_chunks(&visit);
	if (deed_lease_is_at(arena) || deed_scratch_is_mine(arena)) {
		empty(&visit);
		return;
	}
	den = visit.den;
	cell = deed_cell_at(den->slot);
	deed_shard_take(den->slot);
	note_end(&visit, DEED_ROLE_DROPPED, deed_word_generation(deed_cell_word(cell)));
	cell->is_live = 0;
	(void)deed_cell_bump(cell);
	deed_shard_give(den->slot);
	deed_cell_give(cell, den->slot);
	visit.den = NULL;
	end_block(visit.me, den->loan, at);
	deed_leave(visit.me);
	if (arena->is_over)
		deed_chunk_goes(arena->start - den->front, den->front + arena->reserved, 0);
	if (den->resting)
		deed_arena_chunk_free(arena, den->resting);
	deed_den_free(den);
	deed_arena_close_release_(arena);
	if (visit.finding) {
		visit.me = deed_enter();
		deed_raise(visit.me, visit.finding);
	}
}

DEED_EXPORT void deed_trap_arena_immortal(struct deed_arena *arena, const void *frame,
					  const struct deed_site *at)
{
	struct deed_visit visit = { .arena = arena, .at = at, .frame = frame, .verb = "used" };

	if (!deed_den_enter(&visit, true))
		return;
	if (visit.den)
		deed_cell_at(visit.den->slot)->flags |= DEED_CELL_IMMORTAL;
	deed_den_leave(&visit);
}
