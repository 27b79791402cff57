/* SPDX-License-Identifier: MIT
 *
 * lib/trap/owner.h - what a handle at hand is worth.
 */
#ifndef DEED_OWNER_H
#define DEED_OWNER_H

#include "cell.h"
#include "story.h"
#include "thread.h"

/* What a verb does with the owner that it is given: which fault it is if the owner is not fit, and
 * which word reports have for it. */
enum deed_owner_use {
	DEED_USE_ANY,	   /* lent, or made immortal */
	DEED_USE_BY_VALUE, /* a copy of the handle was passed: its address says nothing */
	DEED_USE_CLONE,
	DEED_USE_MOVE,
	DEED_USE_SWAP,
	DEED_USE_RESIZE,
	DEED_USE_PUSH,
	DEED_USE_REALLOC,
	DEED_USE_DROP,
	DEED_USE_SETTLE,
	DEED_USE_AUTO_END, /* the end of the block of a DEED_AUTO */
	DEED_USE_RELEASE,
	DEED_USE_FREE,
};

/* deed_owner_open - the slot of the live cell that the handle owns, its shard lock taken; else 0,
 * no lock taken, and the fault in *ret_finding: E01, E03, E04, E05, E16, E18 or E22.
 */
uint32_t deed_owner_open(struct deed_thread *me, const struct deed_owner *owner,
			 enum deed_owner_use use, const void *frame, const struct deed_site *at,
			 struct deed_finding **ret_finding);

/* deed_owner_open_unlent - the same, of an owner that must not be lent: else E06, E07 or E08, by
 * its use. Guards of this thread that were jumped over do not count: they are E14, and ended. Until
 * deed_cell_bump(), or deed_owner_close() where nothing came of it, LOCK keeps quick loans out.
 */
uint32_t deed_owner_open_unlent(struct deed_thread *me, const struct deed_owner *owner,
				enum deed_owner_use use, const void *frame,
				const struct deed_site *at, struct deed_finding **ret_finding);

/* Gives the lock of a cell back, and LOCK. */
void deed_owner_close(uint32_t slot);

/* deed_owner_is_free - whether `ret` may be overwritten; if it is the home of a live buffer, E02 is
 * raised, and the ledger left. `doing` says what would overwrite it: "moving `xs` into"; `source`
 * is the cell of what would, 0 of none. No lock.
 */
bool deed_owner_is_free(struct deed_thread *me, const struct deed_owner *ret, const char *doing,
			uint32_t source, const void *frame, const struct deed_site *at);

/* deed_enter_to_make - deed_enter(), for a buffer that is made, and does not come by a move. Null
 * if `ret` may not be overwritten, which is told: E19, too, if another part left the handle MOVED
 * or DROPPED, for at another time it would be E02. */
struct deed_thread *deed_enter_to_make(const struct deed_owner *ret, const char *doing,
				       const void *frame, const struct deed_site *at);

#endif
