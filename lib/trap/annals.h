/* SPDX-License-Identifier: MIT
 *
 * lib/trap/annals.h - the histories of teams, and their chapters.
 *
 * Who lets buffers, teams or the process go on calls history.h, which has all of this.
 */
#ifndef DEED_ANNALS_H
#define DEED_ANNALS_H

#include "../lock.h"
#include "cut.h"
#include "noted.h"
#include "task.h"

/* What is known of one generation of a cell. */
struct deed_chapter {
	struct deed_chapter *next;
	uint64_t generation;
	uint32_t slot;
	bool is_new; /* it began in this team */
	struct deed_notes notes;
	struct deed_note end; /* if it left the handle behind; else its place is null */
};

#define DEED_FIRST_BUCKETS 64

struct deed_history {
	struct deed_lock lock;
	struct deed_history *next, *previous; /* of all */
	uintptr_t team;			      /* whose it is: where that lies on the stack of */
	uint32_t thread;		      /* this one, */
	uintptr_t stack_hi;		      /* which ends here; 0: another stack, or it is over */
	const struct deed_site *at;	      /* where the team was asked for, */
	struct deed_cut cut;		      /* and of which plan */
	size_t users;		 /* the team, asyncs, and histories inside; under LIST */
	struct deed_birth outer; /* of the team; if that was needed */
	struct deed_chapter **buckets;
	size_t bucket_count, chapter_count;
	struct deed_chapter *spare;
	struct deed_paper paper; /* of its own, in which it lies itself */
	struct deed_chapter *first_buckets[DEED_FIRST_BUCKETS];
};

/* Where the stack ends that the team lies on; 0: it is over, or on another. Who looks at this while
 * the team ends finds it either way. */
static inline uintptr_t deed_history_stack_hi(const struct deed_history *history)
{
	return __atomic_load_n(&history->stack_hi, __ATOMIC_RELAXED);
}

/* The teams that an act of a task is of, from the innermost out. */
struct deed_walk {
	const struct deed_task *task; /* whose come next; null: those of `at` do */
	struct deed_team *team;	      /* null: only its history is known, which is */
	struct deed_birth at;	      /* this one, of this part */
};

/* deed_walk_from, deed_walk_on - for (walk = deed_walk_from(me); deed_walk_on(&walk);)
 * deed_history_at - the history there, which whoever comes first makes. Under a shard lock.
 */
struct deed_walk deed_walk_from(const struct deed_thread *me);
bool deed_walk_on(struct deed_walk *walk);
struct deed_history *deed_history_at(const struct deed_thread *me, const struct deed_walk *walk);

/* deed_chapter_of - that of a generation, which is made if there is none.
 * deed_chapter_find - where it hangs; where null hangs if there is none.
 * deed_chapter_forget - takes it out; whether the generation began in this team.
 * Under the lock of the history.
 */
struct deed_chapter *deed_chapter_of(struct deed_history *history, uint32_t slot,
				     uint64_t generation);
struct deed_chapter **deed_chapter_find(struct deed_history *history, uint32_t slot,
					uint64_t generation);
bool deed_chapter_forget(struct deed_history *history, uint32_t slot, uint64_t generation);

void deed_history_end_team(struct deed_team *team);

/* deed_history_keep - the part that the calling thread is at, for a deed_async() that it begins, of
 * which it will be: its history stays until deed_history_let_go(). Of none, it is null.
 */
struct deed_birth deed_history_keep(void);
void deed_history_let_go(struct deed_birth birth);

/* The place of everything that is noted: see noted.h. Under all shard locks, and that of raw
 * lends. */
void deed_history_see(deed_site_visitor see, void *context);
size_t deed_history_bytes(void);

void deed_history_fork_prepare(void);
void deed_history_fork_done(void);

#endif
