/* SPDX-License-Identifier: MIT
 *
 * lib/trap/hot_region.c - hot regions: who is in one, what was told of it, and how often.
 *
 * Two tables. Each thread has its open regions, oldest first, in a page of its own:
 *
 *     region:  place, address of its variable, frame, sequence number
 *
 * and the process has its *places*: the sites of regions, with what is counted in them, and
 * the sites of verbs that an advisory was reported of. Places are never taken out and change
 * by atomic operations only, so that there is no lock, which a fork() or a handler of a
 * signal could find taken, and which threads in one region would wait for.
 *
 * A region whose block was left by longjmp() has no end. It is noticed as a guard's is
 * (guard.c): by a verb, or a region, in a shallower frame of the same stack. And where a
 * variable begins anew at its address, its block was left.
 */
#include "hot_region.h"

#include <stdio.h>
#include <string.h>

#include "../os.h"
#include "cell.h"
#include "options.h"
#include "shard.h"

/* What the page holds. Recursion that is deeper counts in its outer regions. */
#define REGIONS_MAX 128
/* A program has tens of hot regions, and, if it needs this file, some that are not. */
#define PLACES_MAX 1024
#define CACHE_LINE 64

enum what { ALLOCATED, RESIZED, WAITED, COUNTS };

struct place {
	const struct deed_site *site;
	struct place *next;
	uint32_t told; /* the advisories that were reported of it, a bit each */
	size_t counts[COUNTS];
};

struct deed_hot_region {
	struct place *place;
	const void *self;
	uintptr_t frame;
	uint64_t sequence;
};

static struct place places[PLACES_MAX];
static struct place *heads[256];
static uint32_t places_made;

/* ---- places --------------------------------------------------------------------------------- */

static struct place *find(struct place *from, const struct deed_site *at)
{
	for (; from; from = from->next)
		if (__atomic_load_n(&from->site, __ATOMIC_RELAXED) == at)
			return from;
	return NULL;
}

static struct place *new_place(void)
{
	uint32_t made = __atomic_load_n(&places_made, __ATOMIC_RELAXED);

	do
		if (made == PLACES_MAX)
			return NULL;
	while (!__atomic_compare_exchange_n(&places_made, &made, made + 1, true, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED));
	return &places[made];
}

/* Null if there are too many. One that another thread was quicker to enter is spent. */
static struct place *place_of(const struct deed_site *at)
{
	struct place **const head = &heads[(uint64_t)(uintptr_t)at * 0x9e3779b97f4a7c15u >> 56];
	struct place *front = __atomic_load_n(head, __ATOMIC_ACQUIRE);
	struct place *fresh = NULL, *found;

	do {
		found = find(front, at);
		if (found)
			return found;
		if (!fresh)
			fresh = new_place();
		if (!fresh)
			return NULL;
		__atomic_store_n(&fresh->site, at, __ATOMIC_RELAXED);
		fresh->next = front;
	} while (!__atomic_compare_exchange_n(head, &front, fresh, false, __ATOMIC_RELEASE,
					      __ATOMIC_ACQUIRE));
	return fresh;
}

/* Whether an advisory is news of a place; the next time it is not. */
static bool is_news(const struct deed_site *at, enum deed_fault advisory)
{
	struct place *const place = place_of(at);
	const uint32_t bit = (uint32_t)1 << (advisory - DEED_ADVISORY_FIRST);

	return place && !(__atomic_fetch_or(&place->told, bit, __ATOMIC_RELAXED) & bit);
}

const struct deed_site **deed_hot_site(uint32_t i)
{
	return i < __atomic_load_n(&places_made, __ATOMIC_RELAXED) ? &places[i].site : NULL;
}

/* ---- regions -------------------------------------------------------------------------------- */

static void take_out(struct deed_thread *me, uint32_t i)
{
	me->hot_count--;
	for (; i < me->hot_count; i++)
		me->hot[i] = me->hot[i + 1];
}

/* Ends the regions that were jumped out of, seen from a frame. */
static void end_jumped_over(struct deed_thread *me, const void *frame)
{
	const uintptr_t here = (uintptr_t)frame;

	if (!deed_on_own_stack(me, here))
		return;
	for (uint32_t i = me->hot_count; i-- > 0;)
		if (me->hot[i].frame < here && deed_on_own_stack(me, me->hot[i].frame))
			take_out(me, i);
}

static void end_region(struct deed_thread *me, const void *self)
{
	for (uint32_t i = me->hot_count; i-- > 0;)
		if (me->hot[i].self == self)
			take_out(me, i);
}

DEED_EXPORT void deed_trap_hot_begin(const void *self, const void *frame,
				     const struct deed_site *at)
{
	struct deed_thread *me;
	struct place *place;

	if (!deed_options.advice)
		return;
	me = deed_enter();
	if (!me)
		return; /* in a signal handler that interrupted a verb: no place to be fast */
	end_jumped_over(me, frame);
	end_region(me, self);
	if (!me->hot)
		me->hot = deed_os_map(REGIONS_MAX * sizeof *me->hot);
	place = me->hot && me->hot_count < REGIONS_MAX ? place_of(at) : NULL;
	if (place)
		me->hot[me->hot_count++] = (struct deed_hot_region){ place, self, (uintptr_t)frame,
								     me->loans_taken++ };
	deed_leave(me);
}

DEED_EXPORT void deed_trap_hot_end(const void *self)
{
	struct deed_thread *const me = deed_self;

	if (!me || me->inside || !me->hot_count)
		return;
	me->inside = 1;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	end_region(me, self);
	deed_leave(me);
}

void deed_hot_unwind(struct deed_thread *me, uint64_t mark)
{
	for (uint32_t i = me->hot_count; i-- > 0;)
		if (me->hot[i].sequence >= mark)
			take_out(me, i);
}

void deed_hot_end_with_thread(struct deed_thread *me)
{
	if (me->hot)
		deed_os_unmap(me->hot, REGIONS_MAX * sizeof *me->hot);
	me->hot = NULL;
	me->hot_count = 0;
	me->hot_waited = false;
}

/* ---- advisories ----------------------------------------------------------------------------- */

/* Counts in every open region, once in each that recursion has opened more often. */
static void count(const struct deed_thread *me, enum what what)
{
	for (uint32_t i = 0; i < me->hot_count; i++) {
		uint32_t same = i + 1;

		while (same < me->hot_count && me->hot[same].place != me->hot[i].place)
			same++;
		if (same == me->hot_count)
			__atomic_add_fetch(&me->hot[i].place->counts[what], 1, __ATOMIC_RELAXED);
	}
}

static const struct deed_site *innermost(const struct deed_thread *me)
{
	return __atomic_load_n(&me->hot[me->hot_count - 1].place->site, __ATOMIC_RELAXED);
}

bool deed_hot_is_news(const struct deed_site *at, enum deed_fault advisory)
{
	return deed_options.advice && is_news(at, advisory);
}

bool deed_hot_has_news(struct deed_thread *me, enum deed_fault advisory, const void *frame,
		       const struct deed_site *at)
{
	end_jumped_over(me, frame);
	return me->hot_count && is_news(at, advisory);
}

struct deed_finding *deed_hot_finding(struct deed_thread *me, enum deed_fault advisory,
				      const void *frame, const struct deed_site *at)
{
	struct deed_finding *const finding = deed_finding_begin(me, advisory, at, frame);

	if (me->hot_count)
		deed_finding_region(finding, innermost(me));
	return finding;
}

/* Whether the verb is in a region, and one of a place that nothing was told of yet. Counts it. */
static bool is_told_of(struct deed_thread *me, enum what what, const void *frame,
		       const struct deed_site *at)
{
	end_jumped_over(me, frame);
	if (!me->hot_count)
		return false;
	count(me, what);
	return is_news(at, DEED_A01);
}

void deed_hot_tell_made(const struct deed_owner *owner, enum deed_role role, const void *frame,
			const struct deed_site *at)
{
	const bool is_resize = role == DEED_ROLE_RESIZED;
	const uint32_t slot = deed_word_slot(deed_handle_word(owner));
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding;
	bool is_block;
	size_t bytes;

	if (!me)
		return;
	me->hot_waited = false; /* the lesser evil */
	if (!is_told_of(me, is_resize ? RESIZED : ALLOCATED, frame, at)) {
		deed_leave(me);
		return;
	}
	finding = deed_finding_begin(me, DEED_A01, at, frame);
	deed_finding_does(finding, is_resize ? "resized" : "allocated", false);
	deed_finding_region(finding, innermost(me));
	deed_shard_take(slot);
	deed_finding_cell(finding, slot);
	is_block = deed_cell_at(slot)->kind == DEED_KIND_MALLOC;
	/* A realloc() is a new block. */
	if (is_resize && !is_block)
		deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	bytes = deed_cell_bytes(deed_cell_at(slot));
	deed_shard_give(slot);
	if (is_block && !is_resize) /* which has no name yet */
		deed_finding_say(finding, "%zu byte%s allocated in the hot region `%s`", bytes,
				 bytes == 1 ? " is" : "s are",
				 deed_plain(innermost(me)->text).text);
	else
		deed_finding_say(finding, "`%s` is %s in the hot region `%s`",
				 deed_plain(at->text).text, is_resize ? "resized" : "allocated",
				 deed_plain(innermost(me)->text).text);
	deed_raise(me, finding);
}

void deed_hot_wait(void)
{
	struct deed_thread *const me = deed_self;

	/* Outside the ledger it was to make a report. */
	if (me && me->inside && me->hot_count)
		me->hot_waited = true;
}

void deed_hot_tell_wait(const void *frame, const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding;

	if (!me)
		return;
	me->hot_waited = false;
	if (!is_told_of(me, WAITED, frame, at)) {
		deed_leave(me);
		return;
	}
	finding = deed_finding_begin(me, DEED_A01, at, frame);
	deed_finding_does(finding, "waited", false);
	deed_finding_region(finding, innermost(me));
	deed_finding_say(finding,
			 "`%s` waits in the hot region `%s` for another thread, which is at the "
			 "same buffer",
			 deed_plain(at->text).text, deed_plain(innermost(me)->text).text);
	deed_raise(me, finding);
}

/* What the first of the elements is known to be aligned to: what is promised of the buffer, which
 * its address may exceed by luck, and how far into it they begin. */
static size_t alignment_of(const struct deed_cell *cell, const void *data)
{
	const size_t base = (size_t)1 << cell->align_log2;
	const size_t offset = (size_t)((uintptr_t)data - (uintptr_t)cell->base);

	return offset ? deed_min(base, offset & -offset) : base;
}

struct deed_finding *deed_hot_operand(struct deed_thread *me, const struct deed_want *want)
{
	const size_t bytes = want->len * want->at->element_bytes;
	const uint32_t slot = deed_loan_cell(deed_loan_at(deed_loan_slot(want->loan)));
	const size_t align = bytes ? alignment_of(deed_cell_at(slot), want->data) : CACHE_LINE;
	struct deed_finding *finding;

	/* At most so many bytes, from so aligned an address on, lie in one cache line. */
	if (align >= CACHE_LINE || bytes <= align)
		return NULL;
	if (!deed_hot_has_news(me, DEED_A04, want->frame, want->at))
		return NULL;
	finding = deed_hot_finding(me, DEED_A04, want->frame, want->at);
	deed_finding_does(finding, "used", false);
	deed_shard_take(slot);
	deed_finding_cell(finding, slot);
	if (deed_cell_at(slot)->kind != DEED_KIND_RAW) /* which the lend did not make */
		deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	deed_shard_give(slot);
	deed_finding_say(finding, "`%s` in the hot region `%s` is aligned to %zu byte%s, not to %d",
			 deed_plain(want->at->text).text, deed_plain(innermost(me)->text).text,
			 align, align == 1 ? "" : "s", CACHE_LINE);
	return finding;
}

/* ---- the end -------------------------------------------------------------------------------- */

void deed_hot_fork_done(void)
{
	const uint32_t made = __atomic_load_n(&places_made, __ATOMIC_RELAXED);

	for (uint32_t i = 0; i < made; i++)
		for (size_t what = 0; what < COUNTS; what++)
			places[i].counts[what] = 0;
}

/* Adds "4 allocations" to what was counted, if there were any. */
static void add_count(char *to, size_t size, size_t number, const char *what)
{
	const size_t len = strlen(to);

	if (number)
		snprintf(to + len, size - len, "%s%zu %s%s", len ? " and " : "", number, what,
			 number == 1 ? "" : "s");
}

static void report_place(struct deed_thread *me, const struct place *place)
{
	const size_t news = place->counts[ALLOCATED], resizes = place->counts[RESIZED];
	const size_t waits = place->counts[WAITED];
	struct deed_finding *finding;
	char counts[128] = "";

	add_count(counts, sizeof counts, news, "allocation");
	add_count(counts, sizeof counts, resizes, "resize");
	add_count(counts, sizeof counts, waits, "wait");
	me->inside = 1;
	finding = deed_finding_begin(me, DEED_A01, place->site, NULL);
	deed_finding_does(finding, news + resizes ? "counted" : "counted waits", false);
	deed_finding_repeats(finding, news + resizes + waits);
	deed_finding_say(finding, "%s in the hot region `%s`", counts,
			 deed_plain(place->site->text).text);
	deed_raise(me, finding);
}

void deed_hot_report(struct deed_thread *me)
{
	const uint32_t made = __atomic_load_n(&places_made, __ATOMIC_RELAXED);

	for (uint32_t i = 0; i < made; i++)
		if (places[i].counts[ALLOCATED] || places[i].counts[RESIZED] ||
		    places[i].counts[WAITED])
			report_place(me, &places[i]);
}
