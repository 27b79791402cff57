/* SPDX-License-Identifier: MIT
 *
 * lib/trap/desk.h - where a report is rendered, and what its thread was doing when another came.
 */
#ifndef DEED_DESK_H
#define DEED_DESK_H

#include "render.h"

enum deed_phase {
	DEED_PHASE_RENDERS,
	DEED_PHASE_HANDLER, /* the program's handler has the report */
	DEED_PHASE_WRITES,
	DEED_PHASE_ABORTS,
};

struct deed_desk {
	struct deed_desk *next;
	uint32_t owner;	       /* kernel thread id; 0 is free */
	enum deed_phase phase; /* deed_desk_goes_to(): other threads look at it when they exit */
	bool has_lock;	       /* the log's */
	bool is_on_signal_stack;
	uintptr_t frame, cookie_at;
	uint64_t cookie, return_address;
	size_t result_from, result_to; /* of SARIF: see deed_sarif_add() */
	struct deed_rendering rendering;
};

/* What this thread was delivering when it came here again. */
struct deed_around {
	bool has_lock;	  /* it has the log's lock already */
	bool is_writing;  /* writing or aborting, for certain */
	bool is_handling; /* inside the handler */
};

/* Before deed_desk_take(), from the frame `here`. Takes back desks that were jumped away from, and
 * the lock with them. */
struct deed_around deed_look_around(uintptr_t here);

/* A number that no other delivery has had, and that memory does not hold by chance. */
uint64_t deed_desk_cookie(void);
/* A desk for the delivery in the frame `here`, where *cookie lies; null if there is no memory. The
 * cookie is zeroed before the frame is left. */
struct deed_desk *deed_desk_take(uintptr_t here, const volatile uint64_t *cookie);
void deed_desk_leave(struct deed_desk *desk);

/* Its thread is at the next phase of the delivery. */
static inline void deed_desk_goes_to(struct deed_desk *desk, enum deed_phase phase)
{
	__atomic_store_n(&desk->phase, phase, __ATOMIC_RELAXED);
}

/* Before the process ends: until other threads have told what they have begun to tell. Not for
 * ever, and not for what the program's handlers do. */
void deed_desks_wait(void);

/* Whether the calling thread has the log's lock. */
bool deed_desks_have_lock(void);
/* In the child of a fork(): the desks of the thread `parent` are the caller's, all others are free.
 */
void deed_desks_inherit(uint32_t parent);

#endif
