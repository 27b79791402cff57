/* SPDX-License-Identifier: MIT
 *
 * lib/trap/life.h - a buffer enters the ledger, changes its memory, and leaves.
 */
#ifndef DEED_LIFE_H
#define DEED_LIFE_H

#include "../backend.h"
#include "cell.h"
#include "thread.h"

struct deed_making {
	const struct deed_site *at;
	const void *frame;
	uint32_t stack; /* kept; taken before any lock */
	void *base;
	size_t count, align;
	enum deed_kind kind;
	enum deed_role role;
};

/* What a cell that has left leaves behind. */
struct deed_ended {
	void *base;
	enum deed_kind kind;
};

/* Memory for a buffer, as deed_new() gives it; null if there is none. Outside the ledger. */
void *deed_life_memory(size_t bytes, size_t align, bool zeroed);

/* deed_life_is_reachable - LeakSanitizer, which does not see that the ledger holds a buffer, is
 * told so; leaks of buffers are E17. Of the buffers that deed allocated it has been told.
 */
void deed_life_is_reachable(const void *base);

/* Ends the memory of a buffer: free(), or its deleter. Outside the ledger. */
void deed_life_end_memory(struct deed_ended ended);

/* deed_life_enter - memory becomes a buffer of `ret`. 0 or -ENOMEM. Inside the ledger, no lock. */
int deed_life_enter(struct deed_thread *me, struct deed_owner *ret,
		    const struct deed_making *making);

/* deed_life_leave - takes the cell out of the ledger, and makes `owner` DROPPED; the memory is the
 * caller's. Inside, under the shard lock, which it gives back. */
struct deed_ended deed_life_leave(struct deed_thread *me, struct deed_owner *owner, uint32_t slot,
				  enum deed_role role, uint32_t stack, const struct deed_site *at);

/* deed_life_fresh_row - a live cell that ran out of generations goes on in a fresh row: its slot.
 * Under the old row's shard lock. No memory for a row stops the process, for a move cannot fail. */
uint32_t deed_life_fresh_row(struct deed_cell *old, uint32_t old_slot);

/* Whether whole-buffer loans of the cell may go the quick way, after it has changed. */
void deed_life_set_quick(struct deed_cell *cell);

#endif
