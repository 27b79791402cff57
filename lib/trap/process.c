/* SPDX-License-Identifier: MIT
 *
 * lib/trap/process.c - the process begins, forks and ends.
 *
 * Begin: a constructor with a priority before those of programs, so that deed works in
 * theirs. Fork: every lock is taken in rank order before and given back after; the child
 * keeps its own thread's loans, ends the others', and does not answer for the buffers that
 * its parent made. End: an atexit handler registered by the constructor, so that it runs
 * after the program's own; what still lives then is a leak (E17), grouped by where it was
 * allocated.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "../foreign.h"
#include "../lock.h"
#include "../os.h"
#include "cell.h"
#include "deliver.h"
#include "guard.h"
#include "near.h"
#include "options.h"
#include "process.h"
#include "raw.h"
#include "story.h"
#include "thread.h"
#include "tree.h"

static size_t in_flight;

size_t deed_in_flight(void)
{
	return in_flight;
}

/* ---- fork ----------------------------------------------------------------------------------- */

/* A signal handler that interrupted a verb and forks finds locks taken by its own thread: they are
 * left as they are, and the child may only exec. */
static bool locks_are_taken;

static void before_fork(void)
{
	/* Here, because it takes memory, which not every malloc() has for a child of threads. */
	const struct deed_thread *const me = deed_self ? deed_self : deed_thread_start();

	locks_are_taken = !me->inside;
	if (!locks_are_taken)
		return;
	deed_thread_fork_prepare();
	deed_raw_lock();
	deed_tree_fork_prepare();
	deed_near_fork_prepare();
	deed_cells_fork_prepare();
	deed_loans_fork_prepare();
	deed_foreign_fork_prepare();
	deed_deliver_fork_prepare();
}

static void after_fork(bool is_child)
{
	if (!locks_are_taken)
		return;
	deed_deliver_fork_done();
	deed_foreign_fork_done();
	deed_loans_fork_done();
	deed_cells_fork_done();
	deed_near_fork_done();
	deed_tree_fork_done();
	deed_raw_unlock();
	deed_thread_fork_done(is_child);
}

static void in_parent(void)
{
	after_fork(false);
}

static void in_child(void)
{
	const uint32_t made = deed_cells_made();

	after_fork(true);
	if (!locks_are_taken)
		return;
	for (uint32_t slot = 1; slot < made; slot++)
		if (deed_cell_at(slot)->is_live)
			deed_cell_at(slot)->flags |= DEED_CELL_INHERITED;
	deed_end_loans_of_others(deed_self);
}

/* ---- the end -------------------------------------------------------------------------------- */

/* Live buffers that share their place of allocation: the verb that made them. Not the stack above
 * it, which an optimiser that unrolls a loop makes several of. */
struct group {
	const struct deed_site *site;
	uint32_t first;
	size_t repeats, bytes;
};

/* A growing table of groups, hashed by site, in mapped pages. */
struct groups {
	struct group *slots;
	size_t limit, count, buffers, bytes;
};

static struct group *group_of(struct groups *groups, const struct deed_site *site)
{
	size_t at = (size_t)((uintptr_t)site * 0x9e3779b97f4a7c15u >> 16) % groups->limit;

	while (groups->slots[at].repeats && groups->slots[at].site != site)
		at = (at + 1) % groups->limit;
	return &groups->slots[at];
}

static bool is_leak(const struct deed_cell *cell)
{
	return cell->is_live && cell->kind <= DEED_KIND_FOREIGN && !cell->flags && !cell->reports;
}

/* A buffer in the hands of a thread that still runs, or on its way to one: its last event is that
 * thread's; or it was moved to memory that is not the stack of the thread that ends the program,
 * and other threads run. */
static bool is_in_flight(const struct deed_cell *cell, const struct deed_thread *me,
			 bool others_run)
{
	const int last = deed_cell_event_back(cell, 0);
	const uint32_t who = cell->event_who[last] & 0xffffff;
	const enum deed_role role = (enum deed_role)(cell->event_who[last] >> 24);

	if (!others_run)
		return false;
	if (who != (me->id & 0xffffff) && deed_thread_is_alive(who))
		return true;
	return role == DEED_ROLE_MOVED && !deed_on_own_stack(me, (uintptr_t)cell->home);
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
		groups->bytes += deed_cell_bytes(cell);
		group = group_of(groups, cell->event_site[0]);
		if (!group->repeats && groups->count + 1 == groups->limit)
			continue; /* counted in the total; too many places to list */
		if (!group->repeats) {
			group->site = cell->event_site[0];
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

static void report_leaks(struct deed_thread *me, struct groups *groups)
{
	size_t packed = 0;
	struct deed_finding *finding;

	for (size_t i = 0; i < groups->limit; i++)
		if (groups->slots[i].repeats)
			groups->slots[packed++] = groups->slots[i];
	sort_groups(groups->slots, packed);
	finding = deed_finding_begin(me, DEED_E17, groups->slots[0].site, NULL);
	if (groups->buffers == 1) {
		deed_finding_cell(finding, groups->slots[0].first);
		deed_finding_all_loans(finding, groups->slots[0].first);
		deed_finding_say(finding, "`%s` still owns %zu byte%s at exit: nobody dropped it",
				 deed_plain(deed_cell_at(groups->slots[0].first)->name).text,
				 groups->bytes, groups->bytes == 1 ? "" : "s");
	} else {
		deed_finding_say(finding,
				 "%zu buffers, %zu bytes together, are still owned at exit",
				 groups->buffers, groups->bytes);
	}
	for (size_t i = 0; i < packed; i++)
		deed_finding_leaks(finding, groups->slots[i].first, groups->slots[i].repeats,
				   groups->slots[i].bytes);
	deed_raise(me, finding);
}

static void at_the_end(void)
{
	enum { FEW = 1024 };
	struct deed_thread *me = deed_self ? deed_self : deed_thread_start();
	struct groups groups = { .limit = FEW };

	if (me->inside)
		return; /* exit() from a handler that interrupted a verb, or from a report */
	deed_guards_end_with_process(me);
	if (!deed_options.leaks)
		return;
	for (size_t cells = deed_cells_made(); groups.limit < 2 * cells && groups.limit < 1 << 20;)
		groups.limit *= 2;
	groups.slots = deed_os_map(groups.limit * sizeof *groups.slots);
	if (!groups.slots)
		return;
	me->inside = 1;
	count_leaks(&groups, me);
	if (groups.buffers) {
		fflush(NULL); /* a report that aborts must not lose what the program printed */
		report_leaks(me, &groups);
	}
	deed_leave(me);
	deed_os_unmap(groups.slots, groups.limit * sizeof *groups.slots);
}

/* ---- the beginning -------------------------------------------------------------------------- */

static void begin(void)
{
	deed_options_read();
	deed_show_init();
	deed_loans_init();
	deed_threads_init();
	(void)pthread_atfork(before_fork, in_parent, in_child);
	(void)atexit(at_the_end);
}

/* A static library gives a program only the files that it refers to: the first thread's record asks
 * for this one, so that the constructor is there wherever a verb is. */
void deed_process_begin(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, begin);
}

__attribute__((constructor(102))) static void begin_early(void)
{
	deed_process_begin();
}
