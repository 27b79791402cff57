/* SPDX-License-Identifier: MIT
 *
 * lib/trap/den.h - what the ledger knows of an arena.
 *
 * An arena is a cell of kind WHOLE_ARENA: its generation tells a copy of a closed arena, its
 * events say where it began and was reset, and a forgotten one is a leak like all others.
 * Its base is the *den*: a stack of all that was carved, in order, each with the state of the
 * arena before it.
 *
 * One thread at a time may be in an arena: `busy` says which. The den is written by that
 * thread alone; who is busy, under the shard lock of the arena's cell. The allocator is called
 * outside the ledger. A fault is raised when the arena is no longer busy, because its
 * handler may use the arena or jump away. `turn` counts the verbs: of two copies of an
 * arena, one is behind as soon as the other was used.
 *
 *     struct deed_visit visit = { .arena = arena, .at = at, .frame = frame, .verb = "reset" };
 *
 *     if (!deed_den_enter(&visit, false))
 *             return;                      all is told, and left
 *     ... visit.den ...
 *     deed_den_leave(&visit);              raises visit.finding, if there is one
 */
#ifndef DEED_DEN_H
#define DEED_DEN_H

#include "../arena.h"
#include "given.h"
#include "redzone.h"
#include "story.h"
#include "thread.h"

/* A buffer that was carved. */
struct deed_carving {
	struct deed_arena_mark before;
	struct deed_span span;
	size_t front; /* bytes before `span` that are a gap, too: it is the first of its chunk */
	char *base;
	size_t size;
	uint64_t serial;
	uint64_t id; /* of the cell, whose row may serve another one later */
	uint32_t slot;
};

struct deed_den {
	uint64_t turn, last_serial;
	uint32_t slot;
	uint32_t busy; /* the thread that is in it; 0: none */
	const struct deed_site *busy_at;
	struct deed_lease *lease; /* of the part whose scratch it is; null: it is anybody's */
	struct deed_carving *stack;
	size_t depth, limit, mapped_bytes;
	uint64_t loan;			  /* of a caller's block, which it lies over; or 0 */
	size_t front;			  /* bytes of that before the first that is aligned */
	struct deed_arena_chunk *resting; /* what takes turns with the first chunk, or null */
	uint64_t rested;		  /* the last serial at the latest turn, */
	uint64_t emptied;		  /* and when it was closed, and stayed */
	struct deed_given unfit;	  /* what was no chunk just now, if its base is not null */
	struct deed_carving first[];
};

/* What a verb on an arena knows of itself. */
struct deed_visit {
	struct deed_thread *me;
	struct deed_arena *arena;
	const struct deed_site *at;
	const void *frame;
	const char *verb;
	bool by_block;
	struct deed_den *den;
	struct deed_finding *finding;
	struct deed_damage damage; /* of free memory, in `damaged` */
	struct deed_span damaged;
};

/* The bytes in front of each chunk's first buffer. */
static inline size_t deed_den_front(const struct deed_visit *visit)
{
	return visit->arena->is_over ? visit->den->front : deed_arena_front(visit->arena);
}

static inline struct deed_carving *deed_den_top(const struct deed_den *den)
{
	return den->depth ? &den->stack[den->depth - 1] : NULL;
}

/* deed_den_enter - enters the ledger and the arena: false if the verb ends here, all told and left.
 * Without a den is an arena that has none yet, if it need not have one, or there is no memory
 * for it. deed_den_step_out - the arena is free for others. deed_den_leave - the ledger is left,
 * too.
 */
bool deed_den_enter(struct deed_visit *visit, bool needs_den);
void deed_den_step_out(struct deed_visit *visit);
void deed_den_leave(struct deed_visit *visit);

/* What a carving took, gaps and all, is nobody's any more. */
static inline void deed_carving_set_dead(const struct deed_carving *carving)
{
	deed_dead_set(carving->span.lo - carving->front, carving->front + carving->span.bytes);
}

/* Room for one more carving; false if there is no memory for it. */
bool deed_den_has_room(struct deed_den *den);
void deed_den_free(struct deed_den *den);

/* A finding about what the verb does. */
struct deed_finding *deed_den_begin(const struct deed_visit *visit, enum deed_fault fault);

/* deed_den_end_from - ends what was carved after a mark; everything, if it is null. Enters; true if
 * it is so, and the arena not left. Else all is told, and left.
 */
bool deed_den_end_from(struct deed_visit *visit, const struct deed_arena_mark *mark);

/* ---- what was written: scar.c --------------------------------------------------------------- */

/* The slot of a buffer's row while it is live, else 0. */
uint32_t deed_den_live_row(const struct deed_carving *carving);

/* deed_den_look - whether free memory was written. deed_den_tell_damage() makes a finding of it,
 * when no shard lock is held, and the memory is, or was, given out.
 */
void deed_den_look(struct deed_visit *visit, char *lo, size_t bytes);
void deed_den_tell_damage(struct deed_visit *visit);

/* deed_den_look_at - what was written in front of a buffer, or behind it, or, if it was dropped or
 * left behind by a resize, in it: that is whole again then. Takes no lock; the arena is the
 * caller's meanwhile. deed_den_tell_of - the finding of that; null if nothing is known of the
 * buffer any more. No shard lock is held.
 */
struct deed_damage deed_den_look_at(const struct deed_carving *carving);
struct deed_finding *deed_den_tell_of(const struct deed_visit *visit,
				      const struct deed_carving *carving,
				      struct deed_damage damage);

#endif
