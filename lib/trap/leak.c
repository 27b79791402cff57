/* SPDX-License-Identifier: MIT
 *
 * lib/trap/leak.c - leaks, grouped by where they were allocated.
 *
 * Buffers are of one group if the same verb made them, called in the same way: the lines of
 * its stack are the same, for one line of a loop that an optimiser has unrolled has many
 * addresses. Stacks are told apart by their ids first, and the largest groups by their lines
 * then, because to find a line takes tens of microseconds.
 */
#include "leak.h"

#include <stdio.h>

#include "../os.h"
#include "../unseen.h"
#include "cell.h"
#include "stack.h"
#include "story.h"
#include "symbol.h"

struct group {
	const struct deed_site *site;
	uint32_t stack;
	uint32_t first;
	uint64_t lines; /* a hash of the lines of its stack */
	size_t repeats, bytes;
};

/* A table of groups, hashed by site and stack, in mapped pages. */
struct groups {
	struct group *slots;
	size_t limit, count, buffers, bytes;
	/* Of the buffers: those of the malloc family; no buffers, but arenas; and those that
	 * deed_async() was handed. */
	size_t blocks, arenas, handed_over;
};

static size_t in_flight;

size_t deed_in_flight(void)
{
	return in_flight;
}

/* ---- what is a leak ------------------------------------------------------------------------- */

static bool is_leak(const struct deed_cell *cell)
{
	/* An arena that holds memory; of a buffer in one it is not its owner's to end it. */
	if (cell->kind == DEED_KIND_WHOLE_ARENA && !cell->count)
		return false;
	return cell->is_live &&
	       (cell->kind <= DEED_KIND_FOREIGN || cell->kind == DEED_KIND_MALLOC ||
		cell->kind == DEED_KIND_WHOLE_ARENA) &&
	       !cell->reports && !(cell->flags & (DEED_CELL_IMMORTAL | DEED_CELL_INHERITED));
}

/* A buffer in the hands of a thread that still runs, or on its way to one: its last event is that
 * thread's; or it was moved to memory that is not the stack of the thread that ends the program,
 * and other threads run. What deed_async() has is whoever's who began that, for only by him it is
 * awaited: how far the pool is with it is luck, and where the struct lies is no matter. */
static bool is_in_flight(const struct deed_cell *cell, const struct deed_thread *me,
			 bool others_run)
{
	const bool is_handed_over = deed_cell_is_handed_over(cell);
	const int last =
		is_handed_over ? deed_cell_latest_move(cell) : deed_cell_event_back(cell, 0);
	const uint32_t who = cell->event_who[last] & 0xffffff;
	const enum deed_role role = deed_event_role(cell, last);

	if (!others_run)
		return false;
	if (who != (me->id & 0xffffff) && deed_thread_is_alive(who))
		return true;
	return role == DEED_ROLE_MOVED && !is_handed_over &&
	       !deed_on_own_stack(me, (uintptr_t)cell->home);
}

/* ---- groups --------------------------------------------------------------------------------- */

static struct group *group_of(struct groups *groups, const struct deed_site *site, uint32_t stack)
{
	const uint64_t key = ((uint64_t)(uintptr_t)site ^ stack) * 0x9e3779b97f4a7c15u;
	size_t at = (size_t)(key >> 16) % groups->limit;

	while (groups->slots[at].repeats &&
	       (groups->slots[at].site != site || groups->slots[at].stack != stack))
		at = (at + 1) % groups->limit;
	return &groups->slots[at];
}

static void count_leaks(struct groups *groups, const struct deed_thread *me)
{
	const uint32_t made = deed_cells_made();
	const bool others_run = deed_os_thread_count() > 1;

	for (uint32_t slot = 1; slot < made; slot++) {
		const struct deed_cell *const cell = deed_cell_at(slot);
		struct group *group;

		if (!is_leak(cell))
			continue;
		if (is_in_flight(cell, me, others_run)) {
			in_flight++;
			continue;
		}
		groups->buffers++;
		groups->blocks += cell->kind == DEED_KIND_MALLOC;
		groups->arenas += cell->kind == DEED_KIND_WHOLE_ARENA;
		groups->handed_over += deed_cell_is_handed_over(cell);
		groups->bytes += deed_cell_bytes(cell);
		group = group_of(groups, cell->event_site[0], cell->event_stack[0]);
		if (!group->repeats && groups->count + 1 == groups->limit)
			continue; /* counted in the total; too many to list */
		if (!group->repeats) {
			group->site = cell->event_site[0];
			group->stack = cell->event_stack[0];
			group->first = slot;
			groups->count++;
		}
		group->repeats++;
		group->bytes += deed_cell_bytes(cell);
	}
}

static int by_bytes(const void *a, const void *b)
{
	const struct group *const x = a, *const y = b;

	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	return x->first < y->first ? -1 : x->first > y->first;
}

/* The heap sort of Williams (1964): qsort() may take memory from the program's allocator. */
static void sort_groups(struct group *groups, size_t count)
{
	for (size_t end = count, root = count / 2; end > 1;) {
		size_t at, child;
		struct group sinks;

		if (root > 0) {
			sinks = groups[--root];
		} else {
			sinks = groups[--end];
			groups[end] = groups[0];
		}
		for (at = root; (child = 2 * at + 1) < end; at = child) {
			if (child + 1 < end && by_bytes(&groups[child + 1], &groups[child]) > 0)
				child++;
			if (by_bytes(&sinks, &groups[child]) >= 0)
				break;
			groups[at] = groups[child];
		}
		groups[at] = sinks;
	}
}

/* FNV-1a, 64 bits. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *const at = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * 0x100000001b3u;
	return hash;
}

static uint64_t mix_text(uint64_t hash, const char *text)
{
	for (; text && *text; text++)
		hash = mix(hash, text, 1);
	return hash;
}

/* Of a frame whose line nobody knows, its address. */
static uint64_t lines_of(const struct group *group, struct deed_frames *frames)
{
	const uintptr_t *stack;
	const size_t len = deed_stack_get(group->stack, &stack);
	uint64_t hash = 0xcbf29ce484222325u;

	deed_symbol_frames(frames, stack, len, group->site);
	for (size_t i = 0; i < frames->count; i++) {
		const struct deed_frame *const frame = &frames->frame[i];

		hash = mix_text(mix_text(hash, frame->function), frame->file);
		hash = mix(hash, &frame->line, sizeof frame->line);
		if (!frame->line)
			hash = mix(hash, &frame->address, sizeof frame->address);
	}
	return hash;
}

/* Puts the groups whose stacks have the same lines together: of the first ones, which are the
 * largest. How many groups are left. */
static size_t merge_groups(struct group *groups, size_t count)
{
	enum { LOOKED_AT = 1024 };
	struct deed_frames *const frames = deed_os_map(sizeof *frames);
	size_t kept = 0;

	if (!frames)
		return count;
	deed_unseen_begin();
	for (size_t i = 0; i < count; i++) {
		size_t same = 0;

		if (i < LOOKED_AT)
			groups[i].lines = lines_of(&groups[i], frames);
		while (i < LOOKED_AT && same < kept &&
		       (groups[same].site != groups[i].site ||
			groups[same].lines != groups[i].lines))
			same++;
		if (i >= LOOKED_AT || same == kept) {
			groups[kept++] = groups[i];
			continue;
		}
		groups[same].repeats += groups[i].repeats;
		groups[same].bytes += groups[i].bytes;
		groups[same].first = (uint32_t)deed_min(groups[same].first, groups[i].first);
	}
	deed_unseen_end();
	deed_os_unmap(frames, sizeof *frames);
	return kept;
}

/* ---- the report ----------------------------------------------------------------------------- */

static void report(struct deed_thread *me, struct groups *groups)
{
	size_t packed = 0;
	struct deed_finding *finding;
	const struct deed_cell *first;
	bool is_arena;

	for (size_t i = 0; i < groups->limit; i++)
		if (groups->slots[i].repeats)
			groups->slots[packed++] = groups->slots[i];
	sort_groups(groups->slots, packed);
	if (packed > 1) {
		packed = merge_groups(groups->slots, packed);
		sort_groups(groups->slots, packed);
	}
	first = deed_cell_at(groups->slots[0].first);
	is_arena = first->kind == DEED_KIND_WHOLE_ARENA;
	me->inside = 1;
	finding = deed_finding_begin(me, DEED_E17, groups->slots[0].site, NULL);
	if (groups->buffers == 1) {
		deed_finding_cell(finding, groups->slots[0].first);
		deed_finding_all_loans(finding, groups->slots[0].first);
		deed_finding_say(finding, "`%s` still %s %zu byte%s at exit: nobody %s it",
				 deed_plain(first->name).text,
				 first->kind == DEED_KIND_MALLOC ? "has its"
				 : is_arena			 ? "holds"
								 : "owns",
				 groups->bytes, groups->bytes == 1 ? "" : "s",
				 first->kind == DEED_KIND_MALLOC   ? "freed"
				 : is_arena			   ? "closed"
				 : deed_cell_is_handed_over(first) ? "awaited"
								   : "dropped");
	} else {
		deed_finding_say(finding, "%zu %s, %zu bytes together, are still %s at exit%s",
				 groups->buffers,
				 groups->blocks == groups->buffers   ? "blocks"
				 : groups->arenas == groups->buffers ? "arenas"
				 : groups->arenas		     ? "buffers and arenas"
								     : "buffers",
				 groups->bytes,
				 groups->blocks == groups->buffers   ? "allocated"
				 : groups->arenas == groups->buffers ? "open"
				 : groups->arenas		     ? "held"
								     : "owned",
				 groups->handed_over == groups->buffers ? ": nobody awaited them"
				 : groups->handed_over ? ", some by deed_async(): nobody awaited "
							 "those"
						       : "");
	}
	if (groups->blocks == groups->buffers)
		deed_finding_does(finding, "never freed", false);
	else if (groups->arenas == groups->buffers)
		deed_finding_does(finding, "never closed", false);
	else if (groups->arenas)
		deed_finding_does(finding, "never dropped or closed", false);
	else if (groups->handed_over)
		deed_finding_does(finding, "never awaited", false);
	for (size_t i = 0; i < packed; i++)
		deed_finding_leaks(finding, groups->slots[i].first, groups->slots[i].repeats,
				   groups->slots[i].bytes);
	deed_raise(me, finding);
}

void deed_report_leaks(struct deed_thread *me)
{
	enum { FEW = 1024 };
	struct groups groups = { .limit = FEW };

	for (size_t cells = deed_cells_made(); groups.limit < 2 * cells && groups.limit < 1 << 20;)
		groups.limit *= 2;
	groups.slots = deed_os_map(groups.limit * sizeof *groups.slots);
	if (!groups.slots)
		return;
	me->inside = 1;
	count_leaks(&groups, me);
	deed_leave(me);
	if (groups.buffers) {
		fflush(NULL); /* a report that aborts must not lose what the program printed */
		report(me, &groups);
	}
	deed_os_unmap(groups.slots, groups.limit * sizeof *groups.slots);
}
