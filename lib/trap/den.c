/* SPDX-License-Identifier: MIT
 *
 * lib/trap/den.c - who is in an arena, and whether it is one. The design is at the head of den.h.
 */
#include "den.h"

#include <string.h>

#include "../os.h"
#include "../unseen.h"
#include "archive.h"
#include "finding.h"
#include "lease.h"
#include "shard.h"
#include "shown.h"
#include "stack.h"
#include "task.h"

#define DEN_BYTES ((size_t)4096)

/* Room for one more; false if there is no memory for it. */
bool deed_den_has_room(struct deed_den *den)
{
	const size_t bytes = 2 * den->limit * sizeof *den->stack;
	struct deed_carving *more;

	if (den->depth < den->limit)
		return true;
	more = deed_os_map(bytes);
	if (!more)
		return false;
	deed_unseen_begin();
	memcpy(more, den->stack, den->depth * sizeof *more);
	deed_unseen_end();
	if (den->mapped_bytes)
		deed_os_unmap(den->stack, den->mapped_bytes);
	den->stack = more;
	den->limit *= 2;
	den->mapped_bytes = bytes;
	return true;
}

void deed_den_free(struct deed_den *den)
{
	if (den->mapped_bytes)
		deed_os_unmap(den->stack, den->mapped_bytes);
	deed_os_unmap(den, DEN_BYTES);
}

struct deed_finding *deed_den_begin(const struct deed_visit *visit, enum deed_fault fault)
{
	struct deed_finding *const finding =
		deed_finding_begin(visit->me, fault, visit->at, visit->frame);

	deed_finding_does(finding, visit->verb, visit->by_block);
	return finding;
}

/* A new row for an arena that has none; null if there is no memory for it. */
static struct deed_den *make_den(struct deed_visit *visit)
{
	struct deed_thread *const me = visit->me;
	struct deed_den *const den = deed_os_map(DEN_BYTES);
	struct deed_cell *cell;
	uint64_t generation;

	if (!den)
		return NULL;
	cell = deed_cell_take(DEED_KIND_WHOLE_ARENA, 0, &den->slot);
	if (!cell) {
		deed_os_unmap(den, DEN_BYTES);
		return NULL;
	}
	den->stack = den->first;
	den->limit = (DEN_BYTES - sizeof *den) / sizeof *den->first;
	generation = deed_word_generation(deed_cell_word(cell));
	cell->base = den;
	cell->count = 0;
	cell->element_bytes = 1;
	cell->align_log2 = (uint8_t)__builtin_ctzl(visit->arena->mask ? visit->arena->mask + 1
								      : DEED_ARENA_ALIGN_DEFAULT);
	cell->home = visit->arena;
	cell->name = visit->at->text;
	deed_cell_event(cell, DEED_ROLE_ALLOCATED, visit->at,
			deed_stack_keep(visit->frame, me->stack_lo, me->stack_hi), generation,
			me->id);
	visit->arena->own =
		DEED_TAG_LIVE | (uint64_t)den->slot << 2 | generation << DEED_CELL_GENERATION_SHIFT;
	visit->arena->turn = 0;
	__atomic_store_n(&cell->is_live, 1, __ATOMIC_RELEASE);
	return den;
}

/* Bits that are no arena. */
static struct deed_finding *no_bits(const struct deed_visit *visit)
{
	struct deed_finding *const finding = deed_den_begin(visit, DEED_E18);

	finding->report.buffer.kind = "whole arena"; /* for its help, though it has no row */
	deed_finding_say(finding,
			 "the bits of `%s` are no arena: was it initialised with "
			 "DEED_ARENA_EMPTY?",
			 deed_plain(visit->at->text).text);
	return finding;
}

/* A copy of an arena that was closed, or bits that are none. Under the shard lock. */
static struct deed_finding *no_arena(const struct deed_visit *visit, uint32_t slot,
				     uint64_t generation)
{
	struct deed_cell *const cell = deed_cell_at(slot);
	const bool was_one = deed_word_generation(deed_cell_word(cell)) > generation;
	const int event = was_one ? deed_cell_event_of(cell, generation) : -1;
	struct deed_finding *finding;

	if (!was_one)
		return no_bits(visit);
	finding = deed_den_begin(visit, DEED_E21);
	if (event >= 0)
		deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, event, DEED_ROLE_DROPPED);
	if (event >= 0)
		deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	deed_finding_say(finding,
			 "`%s` is %s here, but it was closed before through another copy of it",
			 deed_plain(visit->at->text).text, visit->verb);
	return finding;
}

/* Under the shard lock. */
static struct deed_finding *is_busy(const struct deed_visit *visit, uint32_t slot,
				    const struct deed_den *den)
{
	const struct deed_plain name = deed_plain(visit->at->text);
	struct deed_finding *const finding = deed_den_begin(visit, DEED_E09);
	struct deed_report_site *site;

	deed_finding_cell(finding, slot);
	site = deed_finding_new_site(finding);
	site->role = DEED_ROLE_LENT_INOUT;
	site->site = deed_archive_site(den->busy_at, NULL);
	site->thread = den->busy;
	site->target = "";
	site->verb = "";
	site->repeats = 1;
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	if (den->busy == visit->me->id)
		deed_finding_say(finding,
				 "`%s` is %s here, out of the allocator that it has called itself",
				 name.text, visit->verb);
	else
		deed_finding_say(finding, "`%s` is %s here while thread %u is at work on it",
				 name.text, visit->verb, den->busy);
	return finding;
}

static struct deed_finding *is_behind(const struct deed_visit *visit, uint32_t slot)
{
	const struct deed_cell *const cell = deed_cell_at(slot);
	const struct deed_plain name = deed_plain(visit->at->text);
	struct deed_finding *const finding = deed_den_begin(visit, DEED_E18);

	deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	deed_finding_say(finding,
			 "`%s` is %s here, but another copy of it was used since (this one is at "
			 "%p, that one at %p)",
			 name.text, visit->verb, (const void *)visit->arena, cell->home);
	return finding;
}

/* The den of an arena that the ledger knows; null, and a finding, if it is not fit. */
static struct deed_den *open_den(struct deed_visit *visit)
{
	const uint64_t word = visit->arena->own;
	const uint32_t slot = deed_word_slot(word);
	struct deed_cell *const cell = deed_cell_at(slot);
	struct deed_den *den = NULL;

	if (!cell || deed_word_tag(word) != DEED_TAG_LIVE) {
		visit->finding = no_bits(visit);
		return NULL;
	}
	deed_shard_take(slot);
	if (!cell->is_live || cell->kind != DEED_KIND_WHOLE_ARENA ||
	    deed_word_generation(word ^ deed_cell_word(cell))) {
		visit->finding = deed_lease_is_over(visit);
		if (!visit->finding)
			visit->finding = no_arena(visit, slot, deed_word_generation(word));
	} else {
		den = cell->base;
		if (den->turn != visit->arena->turn)
			visit->finding = deed_lease_is_over(visit);
		if (visit->finding)
			; /* whose it was is told */
		else if (den->lease && !deed_lease_is_of(den->lease, visit->me))
			visit->finding = deed_lease_of_another(visit, den->lease);
		else if (den->busy)
			visit->finding = is_busy(visit, slot, den);
		else if (den->turn != visit->arena->turn)
			visit->finding = is_behind(visit, slot);
		else
			cell->home = visit->arena;
	}
	if (den && !visit->finding) {
		den->busy = visit->me->id;
		den->busy_at = visit->at;
	}
	deed_shard_give(slot);
	return visit->finding ? NULL : den;
}

/* Enters the ledger and the arena: false if the verb ends here, all told and left. Without a den is
 * an arena that has none yet, if it need not have one, or there is no memory for it.
 */
bool deed_den_enter(struct deed_visit *visit, bool needs_den)
{
	visit->me = deed_enter();
	if (!visit->me) {
		deed_reentered(visit->at, visit->frame);
		return false;
	}
	deed_task_see(visit->me, visit->frame, visit->at);
	deed_show_write(visit->arena, sizeof *visit->arena, visit->frame);
	if (visit->arena->own) {
		visit->den = open_den(visit);
	} else if (needs_den) {
		visit->den = make_den(visit);
		if (visit->den) {
			visit->den->busy = visit->me->id;
			visit->den->busy_at = visit->at;
		}
	}
	if (!visit->finding)
		return true;
	deed_raise(visit->me, visit->finding);
	return false;
}

/* The arena is free for others; the ledger is not left. */
void deed_den_step_out(struct deed_visit *visit)
{
	struct deed_den *const den = visit->den;

	if (!den)
		return;
	visit->arena->turn = ++den->turn;
	deed_shard_take(den->slot);
	deed_cell_at(den->slot)->count = visit->arena->is_over ? 0 : visit->arena->reserved;
	den->busy = 0;
	deed_shard_give(den->slot);
	visit->den = NULL;
}

void deed_den_leave(struct deed_visit *visit)
{
	deed_den_step_out(visit);
	if (visit->finding)
		deed_raise(visit->me, visit->finding);
	else
		deed_leave(visit->me);
}
