/* SPDX-License-Identifier: MIT
 *
 * lib/trap/hot_region.h - hot regions (DEED_HOT), and what is told of them.
 *
 * A verb that has done its work asks, and most threads are in no region: that is one load.
 * None of these reports a thing twice, and none but deed_hot_operand() is called inside the
 * ledger. Reports are handed to handlers, which may jump out: the verb calls them last.
 */
#ifndef DEED_HOT_REGION_H
#define DEED_HOT_REGION_H

#include "rights.h"
#include "thread.h"

DEED_COLD void deed_hot_tell_made(const struct deed_owner *owner, enum deed_role role,
				  const void *frame, const struct deed_site *at);
DEED_COLD void deed_hot_tell_wait(const void *frame, const struct deed_site *at);

/* deed_hot_made - `owner` was made (ALLOCATED) or RESIZED, if `err` is 0, which it returns: A01. */
static inline int deed_hot_made(int err, const struct deed_owner *owner, enum deed_role role,
				const void *frame, const struct deed_site *at)
{
	if (DEED_UNLIKELY(deed_self->hot_count) && !err)
		deed_hot_tell_made(owner, role, frame, at);
	return err;
}

/* deed_hot_wait - notes that the calling thread waited for another that was at the same buffer.
 * deed_leave_verb - leaves the ledger, and tells of that: A01. */
void deed_hot_wait(void);

static inline void deed_leave_verb(struct deed_thread *me, const void *frame,
				   const struct deed_site *at)
{
	deed_leave(me);
	if (DEED_UNLIKELY(me->hot_waited))
		deed_hot_tell_wait(frame, at);
}

/* deed_hot_operand - A04 of what a thread in a region wants of a view, whose right to it has been
 * checked; null if there is nothing to tell. Inside, no lock. */
DEED_COLD struct deed_finding *deed_hot_operand(struct deed_thread *me,
						const struct deed_want *want);

/* deed_hot_is_news - whether an advisory of a place has not been told yet; the next time it has.
 * Never where there is no advice. deed_hot_has_news - the same, of what is told only in a hot
 * region: seen from `frame`, the thread is in one. deed_hot_finding - the advisory's finding, with
 * the region, if the thread is in one. Inside. */
bool deed_hot_is_news(const struct deed_site *at, enum deed_fault advisory);
bool deed_hot_has_news(struct deed_thread *me, enum deed_fault advisory, const void *frame,
		       const struct deed_site *at);
struct deed_finding *deed_hot_finding(struct deed_thread *me, enum deed_fault advisory,
				      const void *frame, const struct deed_site *at);

/* The regions that begun after a mark of loans. */
void deed_hot_unwind(struct deed_thread *me, uint64_t mark);
void deed_hot_end_with_thread(struct deed_thread *me);
/* In a forked child: what was counted was its parent's. */
void deed_hot_fork_done(void);
/* At the end of the process, outside the ledger: how much there was of A01, by region. */
void deed_hot_report(struct deed_thread *me);

/* The sites that are remembered by their addresses, for who unloads the object that they are in;
 * null from the first index on that has none. */
const struct deed_site **deed_hot_site(uint32_t i);

#endif
