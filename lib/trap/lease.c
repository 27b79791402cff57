/* SPDX-License-Identifier: MIT
 *
 * lib/trap/lease.c - which part has which scratch arena, and had it before. The design is at the
 * head of lease.h.
 *
 * Leases come and go in a ring, so that an address comes again as late as may be: until then
 * whoever has kept it is told. A lease tells of its arena by the bits that name it, and by the
 * turns that it was used at, which copies of the arena have, too.
 *
 * Lock: LEASES, under a shard lock, or alone. Who is at a lease, and in its den, is under the shard
 * lock of the arena's cell.
 */
#include "lease.h"

#include <stdio.h>
#include <string.h>

#include "../lock.h"
#include "../unseen.h"
#include "deed/plan.h"
#include "den.h"
#include "finding.h"
#include "label.h"
#include "shard.h"
#include "taking.h"

/* Of many parts that a worker has done, the next ones have not this one's address. In pages that
 * nobody touches before. */
#define LEASES 1024

struct deed_lease {
	struct deed_arena arena; /* as the part sees it, and then as it left it: at the address */
	struct deed_arena *home; /* where it goes when it is over; null then */
	uint64_t own, from, to;	 /* the arena's bits, and the turns of this lease */
	uint64_t first;		 /* sequence number of its task's first loan, on this thread */
	uint32_t thread, number; /* and of the task */
	const struct deed_site *at; /* where the part asked for it; null: never was one */
	const char *name;	    /* the arena's own, meanwhile */
	struct deed_tale tale;
	bool is_told;
};

static struct deed_lease leases[LEASES] __attribute__((aligned(64)));

static struct {
	struct deed_lock lock;
	uint64_t next; /* counts without end */
} ring;

/* ---- begin and end -------------------------------------------------------------------------- */

/* A row that is free, which is the thread's task's from now on; null if there is none. */
static struct deed_lease *lease_take(const struct deed_thread *me, struct deed_arena *home,
				     const struct deed_tale *tale, const struct deed_site *at)
{
	struct deed_lease *lease = NULL;

	deed_lock_take(&ring.lock);
	for (uint32_t i = 0; i < LEASES && (!lease || lease->home); i++)
		lease = &leases[ring.next++ % LEASES];
	deed_unseen_begin(); /* compilers make a memcpy() of it */
	if (lease->home) {
		lease = NULL;
	} else {
		lease->home = home;
		lease->at = at;
		lease->tale = *tale;
		lease->is_told = false;
		lease->thread = me->id;
		lease->number = me->in_task;
		lease->first = me->task ? me->task_first : 0;
	}
	deed_unseen_end();
	deed_lock_give(&ring.lock);
	return lease;
}

/* The den of an arena whose bits are good; else null. Under the shard lock. */
static struct deed_den *den_of(uint64_t own)
{
	const struct deed_cell *const cell = deed_cell_at(deed_word_slot(own));

	return cell && cell->is_live && cell->kind == DEED_KIND_WHOLE_ARENA &&
			       !deed_word_generation(own ^ deed_cell_word(cell))
		       ? cell->base
		       : NULL;
}

static DEED_UNSEEN void copy(struct deed_arena *to, const struct deed_arena *from)
{
	deed_unseen_begin();
	*to = *from;
	deed_unseen_end();
}

void deed_lease_begin(struct deed_scratch *scratch, const struct deed_site *at)
{
	struct deed_arena *const home = scratch->arena;
	const uint32_t slot = deed_word_slot(home->own);
	struct deed_thread *const me = deed_enter();
	struct deed_cell *cell;
	struct deed_lease *lease;
	struct deed_den *den;
	struct deed_tale tale;

	if (!me)
		return;
	tale = deed_tale_of_thread(me);
	deed_shard_take(slot);
	den = home->own ? den_of(home->own) : NULL;
	lease = den ? lease_take(me, home, &tale, at) : NULL;
	if (lease) {
		cell = deed_cell_at(slot);
		lease->name = cell->name;
		cell->name = at->text;
		cell->home = &lease->arena;
		cell->reports = 0; /* to each part it is another */
		deed_fiber_forget(&lease->arena, sizeof lease->arena);
		copy(&lease->arena, home);
		lease->own = home->own;
		lease->arena.turn = lease->from = ++den->turn;
		den->lease = lease;
		scratch->arena = &lease->arena;
	}
	deed_shard_give(slot);
	deed_leave(me);
}

static void end(struct deed_thread *me, struct deed_lease *lease)
{
	struct deed_arena *const home = lease->home;
	const uint32_t slot = deed_word_slot(lease->own);
	struct deed_den *den;

	deed_shard_take(slot);
	copy(home, &lease->arena);
	den = den_of(lease->own);
	lease->to = den ? den->turn : lease->arena.turn;
	if (den) {
		deed_cell_at(slot)->name = lease->name;
		deed_cell_at(slot)->home = home;
		den->lease = NULL;
		/* A copy that the program has used since is ahead: then this one stays behind. */
		if (home->own == lease->own && home->turn == den->turn++)
			home->turn = den->turn;
	}
	deed_lock_take(&ring.lock);
	lease->home = NULL;
	deed_lock_give(&ring.lock);
	deed_shard_give(slot);
	deed_leave(me);
}

static bool is_lease(const struct deed_arena *arena)
{
	return (uintptr_t)arena - (uintptr_t)leases < sizeof leases;
}

void deed_lease_end(struct deed_scratch *scratch)
{
	struct deed_lease *const lease = (struct deed_lease *)(void *)scratch->arena;
	struct deed_thread *me;

	if (!is_lease(scratch->arena))
		return;
	scratch->arena = lease->home;
	me = deed_enter();
	if (me)
		end(me, lease);
}

static struct deed_lease *lease_of(const struct deed_arena *home)
{
	struct deed_lease *found = NULL;

	deed_lock_take(&ring.lock);
	for (struct deed_lease *lease = leases; lease < leases + LEASES && ring.next && !found;
	     lease++)
		found = lease->home == home ? lease : NULL;
	deed_lock_give(&ring.lock);
	return found;
}

void deed_lease_end_of(struct deed_arena *home)
{
	struct deed_lease *const lease = lease_of(home);
	struct deed_thread *const me = lease ? deed_enter() : NULL;

	if (me)
		end(me, lease);
}

bool deed_lease_is_at(const struct deed_arena *arena)
{
	return is_lease(arena) && ((const struct deed_lease *)(const void *)arena)->home;
}

bool deed_lease_is_of(const struct deed_lease *lease, const struct deed_thread *me)
{
	return lease->thread == me->id && me->task && lease->first == me->task_first;
}

/* ---- findings ------------------------------------------------------------------------------- */

static struct deed_finding *begin(const struct deed_visit *visit, enum deed_fault fault,
				  const struct deed_lease *lease)
{
	const struct deed_region none = { 0, 0, 0, 1 };
	const struct deed_scale bytes = { 0, 1 };
	struct deed_finding *const finding = deed_den_begin(visit, fault);

	finding->report.buffer.kind = "whole arena"; /* for its help, if it has no row */
	deed_finding_task_site(finding, DEED_ROLE_ALLOCATED, lease->at, lease->thread, &lease->tale,
			       none, bytes);
	return finding;
}

struct deed_finding *deed_lease_of_another(const struct deed_visit *visit, struct deed_lease *lease)
{
	struct deed_finding *const finding = begin(visit, DEED_E20, lease);
	const struct deed_tale tale = deed_tale_of_thread(visit->me);
	const struct deed_plain name = deed_plain(visit->at->text);

	if (deed_task_whose(visit->me, lease->number) == DEED_WHOSE_ABOVE)
		deed_finding_say(finding,
				 "`%s` is %s in %s, but it is the scratch arena of the part around "
				 "it",
				 name.text, visit->verb, deed_tale_name(&tale).text);
	else
		deed_finding_say(finding, "`%s` is %s in %s, but it is the scratch arena of %s",
				 name.text, visit->verb, deed_tale_name(&tale).text,
				 deed_tale_name(&lease->tale).text);
	finding->is_follow_on = lease->is_told;
	lease->is_told = true;
	return finding;
}

static bool was_of(const struct deed_lease *lease, const struct deed_arena *arena)
{
	return !lease->home && lease->at && lease->own == arena->own &&
	       lease->from <= arena->turn && arena->turn <= lease->to;
}

struct deed_finding *deed_lease_is_over(const struct deed_visit *visit)
{
	const bool is_in_task = visit->me->in_task;
	struct deed_lease was = { .at = NULL };
	struct deed_finding *finding;
	struct deed_tale tale;

	deed_lock_take(&ring.lock);
	deed_unseen_begin();
	for (struct deed_lease *lease = leases; lease < leases + LEASES && !was.at && ring.next;
	     lease++)
		if (was_of(lease, visit->arena)) {
			was = *lease;
			lease->is_told = true;
		}
	deed_unseen_end();
	deed_lock_give(&ring.lock);
	if (!was.at)
		return NULL;
	finding = begin(visit, is_in_task ? DEED_E20 : DEED_E21, &was);
	tale = deed_tale_of_thread(visit->me);
	deed_finding_say(
		finding, "`%s` is %s %s%s, but it was the scratch arena of %s, which is over",
		deed_plain(visit->at->text).text, visit->verb, is_in_task ? "in " : "here",
		is_in_task ? deed_tale_name(&tale).text : "", deed_tale_name(&was.tale).text);
	finding->is_follow_on = was.is_told;
	return finding;
}

bool deed_lease_refuses(const struct deed_part *part, struct deed_arena **ret, const void *frame,
			const struct deed_site *at)
{
	static struct deed_arena nobodys;
	/* How many there are its plan knows, which may be none any more. */
	const struct deed_part said = deed_part_said(part);
	const struct deed_tale its = { .part = said.index, .parts = said.index + 1 };
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding;
	struct deed_lease *lease;
	struct deed_tale tale;

	if (!me)
		return false;
	deed_task_see(me, frame, at);
	if (me->task && me->task->part == part) {
		deed_leave(me);
		return false;
	}
	tale = deed_tale_of_thread(me);
	finding = deed_finding_begin(me, DEED_E20, at, frame);
	finding->report.buffer.kind = "whole arena";
	if (deed_taking_is_of_copy(me->task, &said)) {
		deed_finding_does(finding, DEED_ASKED_WITH_COPY, false);
		deed_finding_say(finding,
				 "the scratch arena of part %zu is asked for with a copy of it, "
				 "not with the part that its function was given",
				 said.index);
	} else if (deed_taking_is_of_around(me->task, part)) {
		deed_finding_does(finding, DEED_ASKED_WITH_AROUND, false);
		deed_finding_say(finding,
				 "the scratch arena of part %zu of the plan around is asked for in "
				 "%s of the one inside",
				 said.index, deed_tale_name(&tale).text);
	} else {
		deed_finding_does(finding, "asked for", false);
		deed_finding_say(finding, "the scratch arena of part %zu is asked for in %s",
				 said.index, deed_tale_name(&tale).text);
	}
	lease = lease_take(me, &nobodys, &its, at);
	if (lease) {
		deed_lock_take(&ring.lock);
		lease->own = DEED_TAG_LIVE;
		lease->from = lease->to = 0;
		lease->arena = (struct deed_arena){ .own = lease->own };
		lease->is_told = true;
		lease->home = NULL;
		deed_lock_give(&ring.lock);
		*ret = &lease->arena;
	}
	deed_raise(me, finding);
	return lease;
}

void deed_lease_see(deed_site_visitor see, void *context)
{
	deed_lock_take(&ring.lock);
	for (struct deed_lease *lease = leases; lease < leases + LEASES && ring.next; lease++) {
		see(&lease->at, context);
		see(&lease->tale.at, context);
	}
	deed_lock_give(&ring.lock);
}

void deed_lease_fork_prepare(void)
{
	deed_lock_take(&ring.lock);
}

void deed_lease_fork_done(void)
{
	deed_lock_give(&ring.lock);
}
