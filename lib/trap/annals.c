/* SPDX-License-Identifier: MIT
 *
 * lib/trap/annals.c - the histories of teams, and their chapters.
 *
 * A history is of one team, and made when one of its parts first does what is to be noted. It is a
 * table of *chapters*, one for each generation of a cell that was met, and lies itself in the paper
 * that its notes are on: so it begins without an allocation where the last one left off, and ends
 * with all that it has at once.
 *
 *     list --> history --> history ...          of teams that run, or are needed yet
 *                 |
 *              buckets --> chapter: slot, generation, notes --> chapter ...
 *
 * What a function of deed_async() does is the part's that began it (history.c). So a history stays,
 * when its team is over, until the last such function has returned; and as the team lay on a stack
 * that is another's by then, it has a copy of what it tells of it, and the way to the histories of
 * the teams around:
 *
 *     async --birth: history, part--> history --outer: history, part--> history of the team around
 *
 * Locks: HISTORY is of one history, and under the shard lock, or that of raw lends: who has all of
 * these has all histories. LIST, of which there are histories and who needs them, is under a shard
 * lock, or alone.
 */
#include "annals.h"

#include "../os.h"
#include "shard.h"

static struct {
	struct deed_lock lock;
	struct deed_history *first;
	struct deed_history *spare; /* of a team that is over: most need no more than one has */
} list;

/* ---- histories ------------------------------------------------------------------------------ */

static struct deed_history *history_new(void)
{
	struct deed_history *history;
	struct deed_paper paper = { 0 };

	deed_lock_take(&list.lock);
	history = list.spare;
	list.spare = NULL;
	deed_lock_give(&list.lock);
	if (!history) {
		history = deed_paper_take(&paper, sizeof *history);
		history->paper = paper;
	}
	history->lock.word = 0;
	history->buckets = history->first_buckets;
	history->bucket_count = DEED_FIRST_BUCKETS;
	history->chapter_count = 0;
	history->spare = NULL;
	deed_unseen_begin(); /* compilers make a memset() of it */
	for (size_t i = 0; i < DEED_FIRST_BUCKETS; i++)
		history->first_buckets[i] = NULL;
	deed_unseen_end();
	return history;
}

static size_t bucket_bytes(size_t count)
{
	return count * sizeof(struct deed_chapter *);
}

static void history_free(struct deed_history *history)
{
	struct deed_paper paper;

	if (history->buckets != history->first_buckets)
		deed_os_unmap(history->buckets, bucket_bytes(history->bucket_count));
	deed_paper_empty(&history->paper, history + 1);
	deed_lock_take(&list.lock);
	if (!list.spare) {
		list.spare = history;
		history = NULL;
	}
	deed_lock_give(&list.lock);
	if (history) {
		paper = history->paper;
		deed_paper_free(&paper);
	}
}

static void link_out(struct deed_history *history)
{
	if (history->previous)
		history->previous->next = history->next;
	else
		list.first = history->next;
	if (history->next)
		history->next->previous = history->previous;
}

/* One of its users needs it no more. */
static void let_go(struct deed_history *history)
{
	while (history) {
		struct deed_history *const outer = history->outer.history;
		bool is_needed;

		deed_lock_take(&list.lock);
		is_needed = --history->users;
		if (!is_needed)
			link_out(history);
		deed_lock_give(&list.lock);
		if (is_needed)
			return;
		history_free(history);
		history = outer;
	}
}

static void team_is_over(struct deed_history *history)
{
	__atomic_store_n(&history->stack_hi, 0, __ATOMIC_RELAXED);
}

/* A program may jump out of deed_parallel_for(), and the stack that the team was on is another's by
 * now: where the innermost team of a thread lies, no other one of it does, nor below. The history
 * of such a one, which has no team any more. Under LIST.
 */
static struct deed_history *left_behind(const struct deed_thread *me, const struct deed_team *team)
{
	struct deed_history *history = list.first;

	if (me->task->team != team || me->id != team->thread || !team->stack_hi)
		return NULL;
	while (history && (history->thread != me->id || history->team > (uintptr_t)team ||
			   !deed_history_stack_hi(history)))
		history = history->next;
	if (history)
		team_is_over(history);
	return history;
}

static void begin_of_team(struct deed_history *history, const struct deed_team *team)
{
	history->team = (uintptr_t)team;
	history->thread = team->thread;
	history->stack_hi = team->stack_hi;
	history->at = team->at;
	history->cut = deed_cut_of(team->plan);
	history->users = 1;
	history->outer.history = NULL;
}

/* The history of a team, which whoever comes first makes. */
static struct deed_history *history_of(const struct deed_thread *me, struct deed_team *team)
{
	struct deed_history *history = __atomic_load_n(&team->history, __ATOMIC_ACQUIRE);
	struct deed_history *fresh, *left;

	if (history)
		return history;
	fresh = history_new();
	begin_of_team(fresh, team);
	if (!__atomic_compare_exchange_n(&team->history, &history, fresh, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_ACQUIRE)) {
		history_free(fresh);
		return history;
	}
	deed_lock_take(&list.lock);
	left = left_behind(me, team);
	fresh->previous = NULL;
	fresh->next = list.first;
	if (list.first)
		list.first->previous = fresh;
	list.first = fresh;
	deed_lock_give(&list.lock);
	let_go(left);
	return fresh;
}

void deed_history_end_team(struct deed_team *team)
{
	struct deed_history *const history = team->history;

	if (!history)
		return;
	team->history = NULL;
	team_is_over(history);
	let_go(history);
}

void deed_history_see(deed_site_visitor see, void *context)
{
	deed_lock_take(&list.lock);
	for (struct deed_history *history = list.first; history; history = history->next) {
		see(&history->at, context);
		for (size_t i = 0; i < history->bucket_count; i++)
			for (struct deed_chapter *at = history->buckets[i]; at; at = at->next) {
				deed_notes_see(&at->notes, see, context);
				if (at->end.at)
					see(&at->end.at, context);
			}
	}
	deed_lock_give(&list.lock);
}

size_t deed_history_bytes(void)
{
	return deed_paper_bytes();
}

/* In a child the histories of others stay as they are: their teams never end. */
void deed_history_fork_prepare(void)
{
	deed_lock_take(&list.lock);
}

void deed_history_fork_done(void)
{
	deed_lock_give(&list.lock);
}

/* ---- whose acts ----------------------------------------------------------------------------- */

struct deed_walk deed_walk_from(const struct deed_thread *me)
{
	return (struct deed_walk){ .task = me->task };
}

bool deed_walk_on(struct deed_walk *walk)
{
	static const struct deed_birth nowhere = { NULL, 0 };
	const struct deed_task *const task = walk->task;

	if (task && task->team) {
		walk->team = task->team;
		walk->at = (struct deed_birth){ NULL, task->index };
		walk->task = task->team->outer;
		return true;
	}
	walk->at = task ? task->birth : walk->at.history ? walk->at.history->outer : nowhere;
	walk->team = NULL;
	walk->task = NULL;
	return walk->at.history;
}

struct deed_history *deed_history_at(const struct deed_thread *me, const struct deed_walk *walk)
{
	return walk->team ? history_of(me, walk->team) : walk->at.history;
}

struct deed_birth deed_history_keep(void)
{
	struct deed_birth birth = { NULL, 0 };
	struct deed_birth *inner = &birth;
	struct deed_thread *const me = deed_enter();
	struct deed_walk walk;

	if (!me)
		return birth;
	/* As all do who may make a history. */
	deed_shard_take(0);
	for (walk = deed_walk_from(me); !inner->history && deed_walk_on(&walk);) {
		struct deed_history *const history = deed_history_at(me, &walk);

		deed_lock_take(&list.lock);
		if (!inner->history) {
			*inner = (struct deed_birth){ history, walk.at.part };
			history->users++;
		}
		deed_lock_give(&list.lock);
		inner = &history->outer;
	}
	deed_shard_give(0);
	deed_leave(me);
	return birth;
}

void deed_history_let_go(struct deed_birth birth)
{
	let_go(birth.history);
}

/* ---- chapters ------------------------------------------------------------------------------- */

_Static_assert((DEED_FIRST_BUCKETS & (DEED_FIRST_BUCKETS - 1)) == 0,
	       "and four times as many, and so on: a power of two");

static struct deed_chapter **bucket_of(struct deed_history *history, uint32_t slot,
				       uint64_t generation)
{
	const uint64_t mixed = (slot ^ generation << 28) * 0x9e3779b97f4a7c15u;

	return &history->buckets[(mixed >> 32) & (history->bucket_count - 1)];
}

struct deed_chapter **deed_chapter_find(struct deed_history *history, uint32_t slot,
					uint64_t generation)
{
	struct deed_chapter **at = bucket_of(history, slot, generation);

	while (*at && ((*at)->slot != slot || (*at)->generation != generation))
		at = &(*at)->next;
	return at;
}

/* Without memory for more buckets the chains grow longer. */
static void make_room(struct deed_history *history)
{
	struct deed_chapter **const old = history->buckets;
	const size_t count = history->bucket_count;
	struct deed_chapter **const more = deed_os_map(bucket_bytes(4 * count));

	if (!more)
		return;
	history->buckets = more;
	history->bucket_count = 4 * count;
	for (size_t i = 0; i < count; i++)
		for (struct deed_chapter *at = old[i], *next; at; at = next) {
			struct deed_chapter **const bucket =
				bucket_of(history, at->slot, at->generation);

			next = at->next;
			at->next = *bucket;
			*bucket = at;
		}
	if (old != history->first_buckets)
		deed_os_unmap(old, bucket_bytes(count));
}

struct deed_chapter *deed_chapter_of(struct deed_history *history, uint32_t slot,
				     uint64_t generation)
{
	struct deed_chapter **at = deed_chapter_find(history, slot, generation);
	struct deed_chapter *chapter = *at;

	if (chapter)
		return chapter;
	if (history->chapter_count >= 2 * history->bucket_count)
		make_room(history);
	at = bucket_of(history, slot, generation);
	chapter = history->spare;
	if (chapter)
		history->spare = chapter->next;
	else
		chapter = deed_paper_take(&history->paper, sizeof *chapter);
	chapter->slot = slot;
	chapter->generation = generation;
	chapter->is_new = false;
	chapter->notes.spans = NULL;
	chapter->notes.patches = NULL;
	chapter->end.at = NULL;
	chapter->next = *at;
	*at = chapter;
	history->chapter_count++;
	return chapter;
}

bool deed_chapter_forget(struct deed_history *history, uint32_t slot, uint64_t generation)
{
	struct deed_chapter **const at = deed_chapter_find(history, slot, generation);
	struct deed_chapter *const chapter = *at;
	bool is_new;

	if (!chapter)
		return false;
	is_new = chapter->is_new;
	*at = chapter->next;
	deed_notes_free(&chapter->notes, &history->paper);
	chapter->next = history->spare;
	history->spare = chapter;
	history->chapter_count--;
	return is_new;
}
