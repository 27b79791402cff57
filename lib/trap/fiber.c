/* SPDX-License-Identifier: MIT
 *
 * lib/trap/fiber.c - a task is a fiber of its own.
 *
 * A fiber costs ThreadSanitizer a megabyte and up to half a millisecond, so a few are made and used
 * again. A fiber remembers what it was ordered behind. So which is used again says what is not
 * heard:
 *
 *     1. one that last worked for the same caller, in an earlier team of its: the caller has
 *        waited for that one, so that it is in order anyway
 *     2. a new one
 *     3. the one that has rested longest: what it does now, and what it did then, are in order
 *        by luck, and a race between these two is missed
 *
 * The table has no lock, so that fork() needs no care: a fiber is taken by a compare and swap of
 * its `busy`, and everything else in its row is its taker's.
 */
#define _GNU_SOURCE
#include "fiber.h"

#include <link.h>
#include <stdio.h>

#include "../os.h"

/* In one team so many tasks are apart. 64 cost 60 MiB at worst. */
#define FIBERS_MAX 64

static struct fiber {
	uint32_t busy;
	void *itself;	       /* null: not made yet */
	void *before;	       /* what was switched from */
	uint64_t caller, team; /* that it last worked for */
	uint64_t rests;	       /* since when: counts the tasks of the process */
} fibers[FIBERS_MAX];

static uint64_t last_number;

/* In a child of fork() whose parent had more than one thread, or fibers, ThreadSanitizer looks
 * away, but only in the thread, or fiber, that has forked: there it stays. */
static bool is_lost;

/* ThreadSanitizer's, under names of our own (see shown.c), and null without it. The atomics are
 * what a compiler makes of a program's: a store forgets the order that hung on the word before, and
 * an addition adds to it. What is allocated to the Java machine is as if nobody had touched it:
 * nothing else that it exports forgets. */
extern void *tsan_create(unsigned flags) __asm__("__tsan_create_fiber") __attribute__((weak));
extern void *tsan_current(void) __asm__("__tsan_get_current_fiber") __attribute__((weak));
extern void tsan_switch(void *fiber, unsigned flags) __asm__("__tsan_switch_to_fiber")
	__attribute__((weak));
extern void tsan_name(void *fiber, const char *name) __asm__("__tsan_set_fiber_name")
	__attribute__((weak));
extern uint32_t tsan_load(const uint32_t *word, int order) __asm__("__tsan_atomic32_load")
	__attribute__((weak));
extern void tsan_store(uint32_t *word, uint32_t value, int order) __asm__("__tsan_atomic32_store")
	__attribute__((weak));
extern uint32_t tsan_add(uint32_t *word, uint32_t value,
			 int order) __asm__("__tsan_atomic32_fetch_add") __attribute__((weak));
extern void tsan_fresh(uintptr_t address, uintptr_t bytes) __asm__("__tsan_java_alloc")
	__attribute__((weak));
extern void tsan_gone(uintptr_t address, uintptr_t bytes) __asm__("__tsan_java_free")
	__attribute__((weak));

#define SWITCH_WITHOUT_ORDER 1u

static bool are_there(void)
{
	return !is_lost && tsan_create && tsan_current && tsan_switch && tsan_name && tsan_load &&
	       tsan_store && tsan_add && tsan_fresh && tsan_gone;
}

static uint64_t next_number(void)
{
	return __atomic_add_fetch(&last_number, 1, __ATOMIC_RELAXED);
}

/* ---- order ---------------------------------------------------------------------------------- */

static void give(uint32_t *word)
{
	if (are_there())
		tsan_store(word, 0, __ATOMIC_RELEASE);
}

static void take(uint32_t *word)
{
	if (are_there())
		(void)tsan_load(word, __ATOMIC_ACQUIRE);
}

void deed_fibers_team_begin(struct deed_fiber_team *team, struct deed_fiber_task *outer)
{
	team->number = next_number();
	/* Numbers of threads begin at 1 too: those of tasks are told from them by the top bit. */
	team->caller = outer ? outer->number | 1ull << 63 : deed_self->id;
	give(&team->begun);
	give(&team->done);
}

void deed_fibers_team_end(struct deed_fiber_team *team)
{
	take(&team->done);
}

/* ---- what tasks of one thread share --------------------------------------------------------- */

/* Of a block of malloc() that begins at `address` ThreadSanitizer loses the size, which only
 * realloc() and malloc_usable_size() would ask for: not what arenas and their chunks are given to.
 */
void deed_fibers_forget(const void *address, size_t bytes)
{
	const uintptr_t lo = (uintptr_t)address & ~(uintptr_t)7;
	const uintptr_t hi = ((uintptr_t)address + bytes + 7) & ~(uintptr_t)7;

	if (!are_there() || lo == hi)
		return;
	tsan_fresh(lo, hi - lo);
	tsan_gone(lo, 8); /* only what the other put there: the rest may have order hanging on it */
}

/* Where a thread has the variables of the program and of the libraries that it began with, counted
 * from `deed_self`: the same in each. */
static ptrdiff_t variables_lo, variables_hi;

/* Blocks that are this far from ours are not of a thread's first ones. */
#define VARIABLES_MAX ((ptrdiff_t)1 << 20)

static int see_variables(struct dl_phdr_info *info, size_t size, void *unused)
{
	const ptrdiff_t lo = (ptrdiff_t)((uintptr_t)info->dlpi_tls_data - (uintptr_t)&deed_self);

	(void)size;
	(void)unused;
	for (size_t i = 0; info->dlpi_tls_data && i < info->dlpi_phnum; i++) {
		const ptrdiff_t hi = lo + (ptrdiff_t)info->dlpi_phdr[i].p_memsz;

		if (info->dlpi_phdr[i].p_type != PT_TLS || lo < -VARIABLES_MAX ||
		    hi > VARIABLES_MAX)
			continue;
		variables_lo = lo < variables_lo ? lo : variables_lo;
		variables_hi = hi > variables_hi ? hi : variables_hi;
	}
	return 0;
}

void deed_fibers_init(void)
{
	if (deed_fibers_are_shown() && are_there())
		(void)dl_iterate_phdr(see_variables, NULL);
}

static void forget_variables(void)
{
	deed_fibers_forget((char *)&deed_self + variables_lo,
			   (size_t)(variables_hi - variables_lo));
}

/* How deep the thread's stack has ever been, below `hi`: pages that nobody has touched are not
 * there. A function may leave out some pages of its frame, seldom many. */
static uintptr_t deepest(uintptr_t lo, uintptr_t hi)
{
	const size_t page = deed_os_page_bytes();
	const uintptr_t gap = 16 * page;
	uintptr_t deep = hi & ~(uintptr_t)(page - 1);

	for (uintptr_t at = deep; at > lo + page && deep - at < gap;) {
		at -= page;
		if (deed_os_is_resident(at))
			deep = at;
	}
	return deep;
}

static void forget_stack(const struct deed_thread *me, uintptr_t hi)
{
	uintptr_t lo;

	deed_unseen_begin();
	lo = deed_on_own_stack(me, hi) ? deepest(me->stack_lo, hi) : hi;
	if (lo < hi) {
		tsan_fresh(lo, hi - lo);
		tsan_gone(lo, hi - lo);
	}
	deed_unseen_end();
}

/* ---- fibers --------------------------------------------------------------------------------- */

/* 1: the best there can be; 3: the worst; 0: not to be had. */
static int rank_of(const struct fiber *fiber, const struct deed_fiber_team *team)
{
	if (__atomic_load_n(&fiber->busy, __ATOMIC_RELAXED))
		return 0;
	if (!fiber->itself)
		return 2;
	return team && fiber->caller == team->caller && fiber->team != team->number ? 1 : 3;
}

/* Rows of others are looked at as they are being written: what is taken for the best may not be
 * it, and is no worse than another. */
static struct fiber *best_fiber(const struct deed_fiber_team *team)
{
	struct fiber *best = NULL;
	int best_rank = 0;

	for (struct fiber *at = fibers; at < fibers + FIBERS_MAX; at++) {
		const int rank = rank_of(at, team);

		if (rank &&
		    (!best || rank < best_rank || (rank == best_rank && at->rests < best->rests))) {
			best = at;
			best_rank = rank;
		}
	}
	return best;
}

static struct fiber *take_fiber(const struct deed_fiber_team *team)
{
	struct fiber *fiber;

	do
		fiber = best_fiber(team);
	while (fiber && __atomic_exchange_n(&fiber->busy, 1, __ATOMIC_ACQUIRE));
	/* Without the order that a thread has behind who makes it. */
	if (fiber && !fiber->itself) {
		deed_unseen_begin();
		fiber->itself = tsan_create(0);
		deed_unseen_end();
	}
	return fiber;
}

static void name_fiber(const struct fiber *fiber, const struct deed_part *part)
{
	char name[48] = "deed_async";

	deed_unseen_begin();
	if (part)
		(void)snprintf(name, sizeof name, "part %zu of %zu", part->index,
			       part->plan->parts);
	tsan_name(fiber->itself, name);
	deed_unseen_end();
}

void deed_fibers_begin(struct deed_fiber_task *task, struct deed_fiber_team *team,
		       const struct deed_part *part, const void *stack)
{
	struct fiber *fiber;

	task->number = next_number();
	task->fiber = 0;
	if (!are_there())
		return;
	fiber = take_fiber(team);
	if (fiber) {
		fiber->caller = team ? team->caller : 0;
		fiber->team = team ? team->number : 0;
		fiber->before = tsan_current();
		task->fiber = (uint32_t)(fiber - fibers) + 1;
		name_fiber(fiber, part);
		/* What the thread itself has done, its own beginning not the least. */
		if (team)
			give(&task->begun);
		tsan_switch(fiber->itself, SWITCH_WITHOUT_ORDER);
		if (team) {
			take(&task->begun);
		} else {
			forget_variables();
			forget_stack(deed_self, (uintptr_t)stack);
		}
	}
	if (team)
		take(&team->begun);
}

void deed_fibers_end(struct deed_fiber_task *task, struct deed_fiber_team *team, const void *stack)
{
	struct fiber *const fiber = task->fiber ? &fibers[task->fiber - 1] : NULL;

	if (!are_there())
		return;
	/* Signals that came in the task are kept until the program calls ThreadSanitizer, which it
	 * does here: not until the fiber is next used. */
	if (team)
		(void)tsan_add(&team->done, 1, __ATOMIC_RELEASE);
	if (fiber) {
		forget_variables();
		tsan_switch(fiber->before, SWITCH_WITHOUT_ORDER);
		fiber->rests = next_number();
		__atomic_store_n(&fiber->busy, 0, __ATOMIC_RELEASE);
		forget_stack(deed_self, (uintptr_t)stack);
	}
}

void deed_fibers_in_child(bool had_threads)
{
	is_lost = is_lost || had_threads;
	for (const struct fiber *at = fibers; at < fibers + FIBERS_MAX; at++)
		is_lost = is_lost || at->itself;
}
