/* SPDX-License-Identifier: MIT
 *
 * lib/trap/lease.h - the scratch arena of a part, which is that part's alone.
 *
 * A worker has one arena for all of its parts, one after the other: a pointer to it that one part
 * has kept would be the next one's own, and what they do with it be right, with one worker, and
 * wrong with two. So each part has the arena at an address of its own, a *lease*: it moves there
 * when the part asks for it, and back when the part is over.
 *
 *     of the worker  --deed_lease_begin()-->  lease of part 3  --deed_lease_end()-->  of the worker
 *                                             over: it tells whose it was
 *
 * The arena's den knows the lease that it is at, and each verb asks whether it is that task's: E20.
 * A lease that is over is a copy that is behind, as that of an arena that was moved; it still tells
 * of its part, for as long as its place is not another's: E20 in any task, and E21 outside.
 */
#ifndef DEED_LEASE_H
#define DEED_LEASE_H

#include "history.h"

struct deed_arena;
struct deed_lease;
struct deed_part;
struct deed_scratch;
struct deed_visit;

/* deed_lease_begin - what was opened for the part that the calling thread is at is its own from now
 * on, and lies elsewhere. deed_lease_end - the part is over: it lies where it was. Outside.
 * deed_lease_end_of - the same of the arena that lay at `home`, if a part was left that had it.
 */
void deed_lease_begin(struct deed_scratch *scratch, const struct deed_site *at);
void deed_lease_end(struct deed_scratch *scratch);
void deed_lease_end_of(struct deed_arena *home);

/* Whether what lies there is the scratch arena of a part that is not over. */
bool deed_lease_is_at(const struct deed_arena *arena);

/* deed_lease_refuses - whether a task asks for the scratch of a part that it is not, which is E20;
 * then *ret is an arena for it to go on with, of which each use is that fault again. */
bool deed_lease_refuses(const struct deed_part *part, struct deed_arena **ret, const void *frame,
			const struct deed_site *at);

/* Whether the task that the thread works on has the lease. */
bool deed_lease_is_of(const struct deed_lease *lease, const struct deed_thread *me);

/* deed_lease_of_another - E20 of the arena that a verb is at, whose den's lease is another's.
 * deed_lease_is_over - E20 or E21, if the verb is at a lease that is over, or at a copy of one;
 * else null. Inside; under the shard lock of the arena's cell, if there is one.
 */
struct deed_finding *deed_lease_of_another(const struct deed_visit *visit,
					   struct deed_lease *lease);
struct deed_finding *deed_lease_is_over(const struct deed_visit *visit);

/* The places that leases tell of: see noted.h. Under all shard locks. */
void deed_lease_see(deed_site_visitor see, void *context);

/* Around fork(), so that the child finds the lock free. */
void deed_lease_fork_prepare(void);
void deed_lease_fork_done(void);

#endif
