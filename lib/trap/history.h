/* SPDX-License-Identifier: MIT
 *
 * lib/trap/history.h - what the parts of a plan have had, so that two of them that are at one
 * buffer are told so though they never meet in time.
 *
 * What a part takes of an owner, by whatever verb, is an *act*. The verb says so before it decides
 * anything, under the lock by which it decides, and gets null, or the fault:
 *
 *     if (deed_is_in_team(me))
 *             finding = deed_history_note(me, &act);                 E19
 *
 * All but deed_history_is_static(), and what is about deed_async(), are called under the
 * shard lock of the act's cell, or, of bytes of no buffer, that of raw lends.
 */
#ifndef DEED_HISTORY_H
#define DEED_HISTORY_H

#include "annals.h"
#include "story.h"
#include "task.h"

struct deed_act {
	const struct deed_site *at;
	const void *frame;
	uint32_t cell;	     /* 0: the bytes are of no buffer, and the region is their addresses */
	enum deed_role role; /* LENT_BORROWED reads; all others write */
	struct deed_region region;
	struct deed_scale scale;
	const char *verb; /* of what is no view: "dropped", "cloned", "read" */
	bool by_block;
	bool by_row; /* a row of columns is read or written, and no view is had */
};

/* Whether what the thread does is a part's, or was begun by one. */
static inline bool deed_is_in_team(const struct deed_thread *me)
{
	return DEED_UNLIKELY(me->task != NULL) &&
	       (DEED_LIKELY(me->task->team != NULL) || me->task->birth.history);
}

/* deed_history_note - E19 if another part has done something that this may not come before or
 * after; else null, and it is known from now on. Null, too, where the verb is to refuse the act
 * whatever other parts do: for a loan of who waits for the parts (deed_history_is_lent_above()).
 */
struct deed_finding *deed_history_note(struct deed_thread *me, const struct deed_act *act);

bool deed_history_is_lent_above(const struct deed_thread *me, const struct deed_act *act);

/* An act of the verbs that are about all of an owner. */
struct deed_act deed_act_of_all(uint32_t cell, enum deed_role role, const struct deed_site *at,
				const void *frame);

/* How the lives of buffers go on, in a part or not; after deed_history_note() where that is due.
 *
 * deed_history_begins - it was made, or came by a move: nobody else can know of it.
 * deed_history_ends - its life or its generation ends, by DROPPED, MOVED and so on, and nobody's
 * handle names it any more.
 * deed_history_goes_on - its generation ended, but at the handle's place there is the next: of the
 * cell `next`, written by this part.
 */
void deed_history_begins(struct deed_thread *me, uint32_t cell);
void deed_history_ends(struct deed_thread *me, uint32_t cell, enum deed_role role,
		       const struct deed_site *at);
void deed_history_goes_on(struct deed_thread *me, uint32_t cell, uint64_t generation, uint32_t next,
			  const struct deed_site *at);

/* E19 if the handle was left MOVED or DROPPED by another part, so that what `verb` does with it
 * would have met its buffer at another time. Inside, no lock. */
struct deed_finding *deed_history_left(struct deed_thread *me, const struct deed_owner *owner,
				       const char *verb, const void *frame,
				       const struct deed_site *at);

/* Of a handle that is stale, and whose end is the last place of the finding: which part that was,
 * if it was another of the same plan. Under the shard lock of the cell. */
void deed_history_tell_end(struct deed_thread *me, struct deed_finding *finding, uint32_t slot,
			   uint64_t generation);

/* Of a handle that is to be overwritten, and whose buffer's birth is the last place of the finding:
 * which part that was, if it was another of the same plan. Under the shard lock of the cell. */
void deed_history_tell_maker(struct deed_thread *me, struct deed_finding *finding, uint32_t slot);

/* deed_history_note_bytes - the same as deed_history_note() of bytes of no buffer that stay what
 * they are while the parts run: static data, and the stack of who waits for them. Others are
 * anybody's soon, and are not noted. deed_history_is_static - whether bytes are static data: asks
 * the dynamic linker. No lock.
 */
struct deed_finding *deed_history_note_bytes(struct deed_thread *me, const struct deed_act *act,
					     bool is_static);
bool deed_history_is_static(const struct deed_thread *me, const void *data, size_t bytes);

/* In the task of a deed_async(): the owner that was handed over is left as it is for whoever awaits
 * it, and begins anew, as by a move. Outside. */
void deed_history_hand_back(const struct deed_owner *owner);

#endif
