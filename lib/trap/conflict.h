/* SPDX-License-Identifier: MIT
 *
 * lib/trap/conflict.h - what is in the way of a loan.
 */
#ifndef DEED_CONFLICT_H
#define DEED_CONFLICT_H

#include "region.h"
#include "thread.h"

struct deed_ask;
struct deed_finding;

/* Whether deed_admit() would find a conflict; records nothing. */
bool deed_would_conflict(const struct deed_ask *ask);
/* Whether that would be with a loan of who waits for the task, which so lives as long as the task
 * does: it is in the way whichever task comes first. Under the shard lock. */
bool deed_would_conflict_above(const struct deed_thread *me, const struct deed_ask *ask);

/* A child of `parent`, or root loan of the owner, that a loan's use of `region` meets; 0 if none.
 * `writing`: any live child; else live inout ones. Under the shard lock. */
uint32_t deed_child_in_the_way(uint32_t first, struct deed_region region, bool writing);

/* deed_conflict - E09, naming every loan in the way of what is asked for. Under the shard lock,
 * with LOCK set in the cell's word if it is asked of the owner. deed_conflict_with - naming this
 * one, which need not be in a list of siblings. */
struct deed_finding *deed_conflict(struct deed_thread *me, const struct deed_ask *ask);
struct deed_finding *deed_conflict_with(struct deed_thread *me, const struct deed_ask *ask,
					uint32_t slot);

#endif
