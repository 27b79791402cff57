/* SPDX-License-Identifier: MIT
 *
 * lib/trap/grant.h - what a verb that lends gives back, and the part that it was asked for.
 *
 * A grant is the address and the loan. A refused one, which continue mode goes on with, has
 * the loan DEED_LOAN_REFUSED, which no row is of: it is never recorded and its end is silent;
 * its length, which may be shorter than the one asked for, is asked for separately
 * (deed_trap_refused_len()), so that a grant stays in two registers.
 */
#ifndef DEED_GRANT_H
#define DEED_GRANT_H

#include "story.h"
#include "tree.h"

/* deed_refused - the true memory, unrecorded.
 * deed_refused_scratch - the memory is gone: zeroed bytes of the thread's own, `len` elements or,
 * if there are none, no element.
 */
struct deed_grant deed_refused(struct deed_thread *me, void *data, size_t len);
struct deed_grant deed_refused_scratch(struct deed_thread *me, size_t len, size_t element);
/* deed_grant_or_refuse - how a verb that lends ends: leaves and gives the grant out, or raises the
 * finding, if there is one, and refuses the `len` elements at the grant's address. */
struct deed_grant deed_grant_or_refuse(struct deed_thread *me, const struct deed_ask *ask,
				       struct deed_grant grant, size_t len,
				       struct deed_finding *finding);

/* deed_loan_open - the cell of a live loan of which something is to be lent as `ask` says, its
 * shard lock taken, and the loan marked so that it does not end meanwhile; else 0, no lock taken,
 * and the fault in *ret_finding: E11, E18, or E20 of another task's, wherever the region lies.
 * deed_loan_close - gives the lock back. deed_loan_lends_no - why the loan in ask->parent, which
 * is open and holds the region, does not lend it so; null if it may. Under the shard lock. */
uint32_t deed_loan_open(struct deed_thread *me, uint64_t source, const struct deed_ask *ask,
			struct deed_finding **ret_finding);
void deed_loan_close(uint64_t source, uint32_t cell);
struct deed_finding *deed_loan_lends_no(struct deed_thread *me, const struct deed_ask *ask);
/* E10 of an owner of static data, which ask->cell is. Under the shard lock. */
struct deed_finding *deed_static_lends_no(struct deed_thread *me, const struct deed_ask *ask);

/* What is lent of an owner: a part of it, or one of its columns, in bytes; or, where both are null,
 * all. */
struct deed_lent {
	const struct deed_owner *owner;
	const struct deed_site
		*owner_at; /* names the owner: the verb's own site, but for a column */
	const struct deed_extent *part;
	const struct deed_region *column;
};

/* deed_lend_slowly - a loan of it, whatever there is to decide. Inside, no lock; leaves. */
DEED_COLD struct deed_grant deed_lend_slowly(struct deed_thread *me, const struct deed_lent *lent,
					     unsigned flags, const void *frame,
					     const struct deed_site *at);

/* How many elements there are from the first to the last of a part, gaps of a tile included;
 * SIZE_MAX if they cannot be counted. */
size_t deed_extent_span(const struct deed_extent *part);

/* deed_extent_fits - whether a part, counted in elements, begins and lies inside `len` of them, and
 * which bytes it is from there; *ret is set in both cases. An empty part has to begin inside, too.
 * deed_outside - E15 of a part that does not; `cell` may be 0.
 */
bool deed_extent_fits(const struct deed_extent *part, size_t len, size_t element,
		      struct deed_region *ret);
struct deed_finding *deed_outside(struct deed_thread *me, const struct deed_ask *ask,
				  const struct deed_extent *part, size_t len, uint32_t cell);

/* No bytes: such a part is lent, and nothing is recorded. */
static inline bool deed_is_nothing(struct deed_region region)
{
	return !region.width || !region.rows;
}

#endif
