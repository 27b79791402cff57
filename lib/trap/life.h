/* SPDX-License-Identifier: MIT
 *
 * lib/trap/life.h - a buffer enters the ledger, changes its memory, and leaves.
 */
#ifndef DEED_LIFE_H
#define DEED_LIFE_H

#include "cell.h"
#include "memory.h"
#include "thread.h"

struct deed_making {
	const struct deed_site *at;
	const void *frame;
	uint32_t stack; /* kept; taken before any lock */
	void *base;
	size_t count, align;
	bool is_walled; /* see memory.h */
	enum deed_kind kind;
	enum deed_role role;
};

/* What a cell that has left leaves behind. `held` is the slot whose row goes into quarantine with
 * the memory; 0 if none does. */
struct deed_ended {
	struct deed_memory memory;
	enum deed_kind kind;
	uint32_t held;
	size_t cost;		      /* while it waits there */
	bool is_dead;		      /* filled and marked as such already */
	struct deed_finding *noticed; /* meanwhile; told when its memory is gone. Or null */
};

/* deed_life_end_memory - ends the memory of a buffer: quarantine, free(), or its deleter; and tells
 * what was noticed. deed_life_tell - does only that. Outside the ledger. */
void deed_life_tell(const struct deed_ended *ended);
void deed_life_end_memory(const struct deed_ended *ended);

/* deed_life_enter - memory becomes a buffer of `ret`. 0 or -ENOMEM. Inside the ledger, no lock. */
int deed_life_enter(struct deed_thread *me, struct deed_owner *ret,
		    const struct deed_making *making);

/* deed_life_is_noted - that a part of a plan has made what `ret` has had since just now. Inside, no
 * shard lock. */
void deed_life_is_noted(struct deed_thread *me, const struct deed_owner *ret,
			const struct deed_making *making);

/* deed_life_is_handed_over - that the latest move was deed_async()'s: `owner` is what it moved to,
 * and its own. Outside. */
void deed_life_is_handed_over(const struct deed_owner *owner);

/* deed_life_is_said - whether the handle says that it owns a buffer, be that true or not. */
bool deed_life_is_said(const struct deed_owner *owner);

/* deed_life_notice - E25 if bytes next to the buffer were written, which are whole again then; else
 * null. `verb` is what the program does with the buffer ("dropped"), `by_block` as
 * deed_finding_does() has it. Inside, under the shard lock. */
struct deed_finding *deed_life_notice(struct deed_thread *me, uint32_t slot, const char *verb,
				      bool by_block, const void *frame, const struct deed_site *at);

/* deed_life_leave - takes the cell out of the ledger, and makes `owner` DROPPED; the memory is the
 * caller's, to end by deed_life_end_memory() or, if `role` is DEED_ROLE_RELEASED, as it likes.
 * Inside, under the shard lock, which it gives back. */
void deed_life_leave(struct deed_thread *me, struct deed_owner *owner, uint32_t slot,
		     enum deed_role role, uint32_t stack, const struct deed_site *at,
		     struct deed_ended *ret);

/* deed_life_leave_memory - the same of memory alone: the buffer lives on in other memory, which the
 * caller puts into the row afterwards. Inside, under the shard lock, its event written. */
void deed_life_leave_memory(struct deed_cell *cell, uint32_t slot, struct deed_ended *ret);

/* deed_life_leave_arena - the same of memory in an arena, which is the arena's then, and whose row
 * tells of it until it ends: the buffer lives on in another row, not in the index yet; its slot.
 * Under the old row's shard lock. */
uint32_t deed_life_leave_arena(struct deed_thread *me, struct deed_cell *cell, uint32_t slot,
			       uint32_t stack, const struct deed_site *at, struct deed_ended *ret);

/* deed_life_fresh_row - a live cell that ran out of generations goes on in a fresh row: its slot.
 * Under the old row's shard lock. No memory for a row stops the process, for a move cannot fail. */
uint32_t deed_life_fresh_row(struct deed_cell *old, uint32_t old_slot);

/* Whether whole-buffer loans of the cell may go the quick way, after it has changed. */
void deed_life_set_quick(struct deed_cell *cell);

#endif
