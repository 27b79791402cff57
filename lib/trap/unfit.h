/* SPDX-License-Identifier: MIT
 *
 * lib/trap/unfit.h - what is told of an owner that is not fit for its use: findings, for who has
 * found it so to raise, under the shard lock of the cell if there is one; and two that are raised
 * here.
 */
#ifndef DEED_UNFIT_H
#define DEED_UNFIT_H

#include "owner.h"

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

/* deed_owner_of_another_kind - raises E22 of an owner of elements that would come out as one of
 * columns (`has_rows`), or the other way round. No lock.
 */
void deed_owner_of_another_kind(const struct deed_owner *owner, bool has_rows, const void *frame,
				const struct deed_site *at);

/* deed_owner_is_awaited_by_copy - raises E18 of an owner that is handed over, and awaited by a copy
 * of the struct deed_async that holds it; `owner` is its bits in the copy. No lock. */
void deed_owner_is_awaited_by_copy(const struct deed_owner *owner, const void *frame,
				   const struct deed_site *at);

/* deed_owner_is_lost - raises E18 of the owner whose handle was at `home` when deed_async() got it,
 * in a struct that is no more though nobody has awaited it. Nothing, if none was there. No lock. */
void deed_owner_is_lost(const void *home);

#endif
