/* SPDX-License-Identifier: MIT
 *
 * lib/trap/drop.c - owners end: drop, settle, release; one thing up to what becomes of the
 * memory.
 */
#include "../foreign.h"
#include "deed/own.h"
#include "history.h"
#include "life.h"
#include "owner.h"
#include "stack.h"
#include "unfit.h"

/* Drop, settle and release are one thing up to what becomes of the memory. */
static bool end_owner(struct deed_owner *owner, enum deed_owner_use use, const void *frame,
		      const struct deed_site *at, struct deed_ended *ret_ended)
{
	const bool settles = use == DEED_USE_SETTLE || use == DEED_USE_AUTO_END;
	const enum deed_role role =
		use == DEED_USE_RELEASE ? DEED_ROLE_RELEASED : DEED_ROLE_DROPPED;
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding = NULL;
	uint32_t slot, stack;

	if (!me) {
		deed_reentered(at, frame);
		return false;
	}
	stack = deed_stack_keep(frame, me->stack_lo, me->stack_hi);
	slot = deed_owner_open_unlent(me, owner, use, frame, at, &finding);
	if (slot && deed_cell_at(slot)->kind == DEED_KIND_STATIC && !settles) {
		finding = deed_owner_is_static(me, slot, use, frame, at);
		deed_owner_close(slot);
	} else if (slot) {
		finding =
			deed_life_notice(me, slot, use == DEED_USE_RELEASE ? "released" : "dropped",
					 use == DEED_USE_AUTO_END, frame, at);
		deed_life_leave(me, owner, slot,
				use == DEED_USE_AUTO_END ? deed_event_by_block(role) : role, stack,
				at, ret_ended);
		ret_ended->noticed = finding;
		me->hot_waited = false; /* not told of: the memory is not ended yet */
		deed_leave(me);
		return true;
	}
	deed_raise(me, finding);
	return false;
}

DEED_EXPORT void deed_trap_drop(struct deed_owner *owner, const void *frame,
				const struct deed_site *at)
{
	struct deed_ended ended;

	if (deed_handle_word(owner) && end_owner(owner, DEED_USE_DROP, frame, at, &ended))
		deed_life_end_memory(&ended);
}

/* Neither empty nor ended, by what the handle itself says: a release build would free it. So a copy
 * whose buffer has gone is not settled in silence.
 */
static bool may_own(const struct deed_owner *owner)
{
	/* What was in an arena needs no drop, and may have ended with it. */
	if (deed_handle_is_in_arena(owner) && !deed_trap_owns(owner))
		return false;
	return deed_handle_word(owner) &&
	       deed_word_tag(deed_handle_word(owner)) != DEED_TAG_MOVED &&
	       deed_word_tag(deed_handle_word(owner)) != DEED_TAG_DROPPED;
}

/* What owns nothing is left as it is: unless it was another part that left it so, which at another
 * time would have found it ended. */
static void settle_nothing(const struct deed_owner *owner, const void *frame,
			   const struct deed_site *at)
{
	struct deed_thread *const me = deed_self;
	struct deed_finding *finding;

	if (!me || !deed_is_in_team(me) || me->inside)
		return;
	me->inside = 1;
	deed_task_see(me, frame, at);
	finding = deed_is_in_team(me) ? deed_history_left(me, owner, "settled", frame, at) : NULL;
	if (finding)
		deed_raise(me, finding);
	else
		deed_leave(me);
}

static void settle(struct deed_owner *owner, enum deed_owner_use use, const void *frame,
		   const struct deed_site *at)
{
	struct deed_ended ended;

	if (!may_own(owner))
		settle_nothing(owner, frame, at);
	else if (end_owner(owner, use, frame, at, &ended))
		deed_life_end_memory(&ended);
}

DEED_EXPORT void deed_trap_settle(struct deed_owner *owner, const void *frame,
				  const struct deed_site *at)
{
	settle(owner, DEED_USE_SETTLE, frame, at);
}

DEED_EXPORT void deed_trap_auto_end(struct deed_owner *owner, const void *frame,
				    const struct deed_site *at)
{
	settle(owner, DEED_USE_AUTO_END, frame, at);
}

DEED_EXPORT void *deed_trap_release(struct deed_owner *owner, const void *frame,
				    const struct deed_site *at)
{
	struct deed_foreign foreign;
	struct deed_ended ended;
	void *memory;

	if (!end_owner(owner, DEED_USE_RELEASE, frame, at, &ended))
		return NULL;
	memory = ended.memory.base;
	if (deed_memory_is_ours(ended.kind))
		memory = deed_memory_release(ended.memory);
	else if (ended.kind == DEED_KIND_FOREIGN)
		(void)deed_foreign_take(memory, &foreign);
	deed_life_tell(&ended);
	return memory;
}
