/* SPDX-License-Identifier: MIT
 *
 * lib/trap/unfit.h - what is told of an owner that is not fit for its use: findings, for who has
 * found it so to raise. All under the shard lock of the cell, where there is one.
 */
#ifndef DEED_UNFIT_H
#define DEED_UNFIT_H

#include "owner.h"

/* A finding that says no more yet than which verb it is of. */
struct deed_finding *deed_owner_finding(struct deed_thread *me, enum deed_fault fault,
					enum deed_owner_use use, const void *frame,
					const struct deed_site *at);

/* E01. */
struct deed_finding *deed_owner_is_empty(struct deed_thread *me, enum deed_owner_use use,
					 const void *frame, const struct deed_site *at);
/* E03, E04, E05 or E21: the handle's generation is over. */
struct deed_finding *deed_owner_is_stale(struct deed_thread *me, const struct deed_owner *owner,
					 enum deed_owner_use use, const void *frame,
					 const struct deed_site *at);
/* E18: its bits name no buffer, or another length than the buffer's. */
struct deed_finding *deed_owner_is_no_handle(struct deed_thread *me, const struct deed_owner *owner,
					     enum deed_owner_use use, const void *frame,
					     const struct deed_site *at);
/* E22 of the elements. */
struct deed_finding *deed_owner_is_of_another_type(struct deed_thread *me, uint32_t slot,
						   enum deed_owner_use use, const void *frame,
						   const struct deed_site *at);
/* E16. */
struct deed_finding *deed_owner_is_not_at_home(struct deed_thread *me, uint32_t slot,
					       const struct deed_owner *owner,
					       enum deed_owner_use use, const void *frame,
					       const struct deed_site *at);

/* E06, E07, E08, or E13 of a clone: loans of the cell forbid the use; every holder is named. */
struct deed_finding *deed_owner_is_lent(struct deed_thread *me, uint32_t slot,
					enum deed_owner_use use, const void *frame,
					const struct deed_site *at);

/* E19 of all of it, if another part has had some; else null. */
struct deed_finding *deed_owner_was_had_by_another(struct deed_thread *me, uint32_t slot,
						   enum deed_owner_use use, const void *frame,
						   const struct deed_site *at);

/* E04, or E21, of a pointer into the memory of a buffer that has ended and that nobody has had
 * since. */
struct deed_finding *deed_owner_is_gone(struct deed_thread *me, uint32_t slot, const void *frame,
					const struct deed_site *at);

/* E18 of a use that static data has not. */
struct deed_finding *deed_owner_is_static(struct deed_thread *me, uint32_t slot,
					  enum deed_owner_use use, const void *frame,
					  const struct deed_site *at);

#endif
