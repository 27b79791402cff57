/* SPDX-License-Identifier: MIT
 *
 * lib/trap/history.c - what the parts of a plan have had, and whether two of them had the same.
 *
 * Two parts run at once, or one before the other, or the other before the one: that is luck. So
 * each act of a part is noted in the history of its team, and met by what other parts do later,
 * whether the first is over or not. What must come out is the same verdict in either order:
 *
 *     first \ then    borrow   lend inout  drop     move away  resize   swap     make over it
 *     borrow          fine     E19         E19      E19        E19      E19      E02
 *     lend inout      E19      E19         E19      E19        E19      E19      E02
 *     drop            E04      E04         E05,E19  E04        E04      E19      E19
 *     move away       E03      E03         E03,E19  E03        E03      E19      E19
 *     resize          E19      E19         E19      E19        E19      E19      E02
 *     swap            E19      E19         E19      E19        E19      E19      E02
 *     make            E19      E19         E19      E19        E19      E19      E02
 *
 * "Drop" is release, settle, free and the end of a DEED_AUTO, too: where there is a second fault,
 * it is that of the verbs that are silent about what has ended. So is the reset of an arena, of all
 * that it holds but what a part has made in it, which is scratch; after it, E21. "Borrow" is a
 * clone, too, and "lend inout" what writes rows of columns. Clones and lends of whole buffers,
 * parts, tiles, columns and bytes by their address are all alike.
 *
 * A history is kept by (cell, generation). Where the generation ends, and so does what the handle
 * says, its notes go: E03, E04 and E05 are told by the handle from then on. So an owner that is
 * handed from part to part by move begins anew with each, whoever orders them; and a part that
 * makes and drops buffers for ever takes no memory. But a handle that the team found LIVE, and that
 * a part left MOVED or DROPPED, is kept: to make over it or to settle it is silent, and would not
 * have been before. Where the handle stays, with another generation (resize), that part has written
 * it.
 *
 * Not noted are: parts of shares, for their plan was looked at; loans of loans, for a part's own
 * loans are noted, and who else's it may lend on live as long as the team does, and are in the way
 * of whoever would write; what lies below arenas, which is scratch, and blocks of the malloc family
 * when they are made, for no handle says who has them. Bytes of no buffer are noted by their
 * address, if nobody can come by them again in another way: see deed_history_note_bytes().
 *
 * What this cannot know: of memory of other allocators that is lent by its address, whether it was
 * freed in between. There two parts are told only if they meet (E09). And of a handle that was
 * EMPTY when the parts began, that one of them has dropped nothing.
 *
 * Parts may be teams themselves. Whose acts they are is asked in each team up to the outermost.
 *
 * What deed_async() is given in a part is done by that part, and so is what it begins in turn,
 * whoever waits for it, and when: as it could have been done while the parts ran, it is told of
 * as if it had. So a history stays, when its team is over, until the last such function has
 * returned; and as the team lay on a stack that is another's by then, it has a copy of what it
 * tells of it, and the way to the histories of the teams around:
 *
 *     async --birth: history, part--> history --outer: history, part--> history of the team around
 *
 * Locks: HISTORY is of one history, and under the shard lock, or that of raw lends: who has all of
 * these has all histories. LIST, of which there are histories and who needs them, is under a shard
 * lock, or alone.
 */
#include "history.h"

#include <stdio.h>

#include "../lock.h"
#include "../os.h"
#include "den.h"
#include "finding.h"
#include "module.h"
#include "tree.h"

/* What is known of one generation of a cell. */
struct chapter {
	struct chapter *next;
	uint64_t generation;
	uint32_t slot;
	bool is_new; /* it began in this team */
	struct deed_notes notes;
	struct deed_note end; /* if it left the handle behind; else its place is null */
};

#define FIRST_BUCKETS 64

struct deed_history {
	struct deed_lock lock;
	struct deed_history *next, *previous; /* of all */
	uintptr_t team;			      /* whose it is: where that lies on the stack of */
	uint32_t thread;		      /* this one, */
	uintptr_t stack_hi;		      /* which ends here; 0: another stack, or it is over */
	const struct deed_site *at;	      /* where the team was asked for, */
	struct deed_plan plan;		      /* and for which plan, but for its shares */
	size_t users;		 /* the team, asyncs, and histories inside; under LIST */
	struct deed_birth outer; /* of the team; if that was needed */
	struct chapter **buckets;
	size_t bucket_count, chapter_count;
	struct chapter *spare;
	struct deed_paper paper; /* of its own, in which it lies itself */
	struct chapter *first_buckets[FIRST_BUCKETS];
};

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
	history->bucket_count = FIRST_BUCKETS;
	history->chapter_count = 0;
	history->spare = NULL;
	deed_unseen_begin(); /* compilers make a memset() of it */
	for (size_t i = 0; i < FIRST_BUCKETS; i++)
		history->first_buckets[i] = NULL;
	deed_unseen_end();
	return history;
}

static void history_free(struct deed_history *history)
{
	struct deed_paper paper;

	if (history->buckets != history->first_buckets)
		deed_os_unmap(history->buckets, history->bucket_count * sizeof *history->buckets);
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

/* A program may jump out of deed_parallel_for(), and the stack that the team was on is another's by
 * now: where the innermost team of a thread lies, no other one of it does, nor below. The history
 * of such a one, which has no team any more. Under LIST.
 */
static struct deed_history *left_behind(const struct deed_thread *me, const struct deed_team *team)
{
	struct deed_history *history = list.first;

	if (me->task->team != team || me->id != team->thread || !team->stack_hi)
		return NULL;
	while (history &&
	       (!history->stack_hi || history->thread != me->id || history->team > (uintptr_t)team))
		history = history->next;
	if (history)
		history->stack_hi = 0;
	return history;
}

static void begin_of_team(struct deed_history *history, const struct deed_team *team)
{
	const struct deed_plan *const plan = team->plan;

	history->team = (uintptr_t)team;
	history->thread = team->thread;
	history->stack_hi = team->stack_hi;
	history->at = team->at;
	history->plan.count = plan->count;
	history->plan.chunk = plan->chunk;
	history->plan.columns = plan->columns;
	history->plan.x_chunk = plan->x_chunk;
	history->plan.parts = plan->parts;
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
	/* Who looks at this at the same time finds it either way. */
	__atomic_store_n(&history->stack_hi, 0, __ATOMIC_RELAXED);
	let_go(history);
}

void deed_history_see(deed_site_visitor see, void *context)
{
	deed_lock_take(&list.lock);
	for (struct deed_history *history = list.first; history; history = history->next) {
		see(&history->at, context);
		for (size_t i = 0; i < history->bucket_count; i++)
			for (struct chapter *at = history->buckets[i]; at; at = at->next) {
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

/* The teams that an act of a task is of, from the innermost out. */
struct walk {
	const struct deed_task *task; /* whose come next; null: those of `at` do */
	struct deed_team *team;	      /* null: only its history is known, which is */
	struct deed_birth at;	      /* this one, of this part */
};

static struct walk walk_from(const struct deed_thread *me)
{
	return (struct walk){ .task = me->task };
}

static bool walk_on(struct walk *walk)
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

static struct deed_history *history_at(const struct deed_thread *me, const struct walk *walk)
{
	return walk->team ? history_of(me, walk->team) : walk->at.history;
}

struct deed_birth deed_history_keep(void)
{
	struct deed_birth birth = { NULL, 0 };
	struct deed_birth *inner = &birth;
	struct deed_thread *const me = deed_enter();
	struct walk walk;

	if (!me)
		return birth;
	/* As all do who may make a history. */
	deed_shard_take(0);
	for (walk = walk_from(me); !inner->history && walk_on(&walk);) {
		struct deed_history *const history = history_at(me, &walk);

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

static struct chapter **bucket_of(struct deed_history *history, uint32_t slot, uint64_t generation)
{
	const uint64_t mixed = (slot ^ generation << 28) * 0x9e3779b97f4a7c15u;

	return &history->buckets[(mixed >> 32) % history->bucket_count];
}

/* Where the chapter hangs; where null hangs if there is none. */
static struct chapter **find(struct deed_history *history, uint32_t slot, uint64_t generation)
{
	struct chapter **at = bucket_of(history, slot, generation);

	while (*at && ((*at)->slot != slot || (*at)->generation != generation))
		at = &(*at)->next;
	return at;
}

/* Without memory for more buckets the chains grow longer. */
static void make_room(struct deed_history *history)
{
	struct chapter **const old = history->buckets;
	const size_t count = history->bucket_count;
	struct chapter **const more = deed_os_map(4 * count * sizeof *more);

	if (!more)
		return;
	history->buckets = more;
	history->bucket_count = 4 * count;
	for (size_t i = 0; i < count; i++)
		for (struct chapter *at = old[i], *next; at; at = next) {
			struct chapter **const bucket =
				bucket_of(history, at->slot, at->generation);

			next = at->next;
			at->next = *bucket;
			*bucket = at;
		}
	if (old != history->first_buckets)
		deed_os_unmap(old, count * sizeof *old);
}

static struct chapter *chapter_of(struct deed_history *history, uint32_t slot, uint64_t generation)
{
	struct chapter **at = find(history, slot, generation);
	struct chapter *chapter = *at;

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

/* Takes out what is known of a generation. Whether it began in this team. */
static bool forget(struct deed_history *history, uint32_t slot, uint64_t generation)
{
	struct chapter **const at = find(history, slot, generation);
	struct chapter *const chapter = *at;
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

/* ---- findings ------------------------------------------------------------------------------- */

static const char *done(enum deed_role role)
{
	switch (role) {
	case DEED_ROLE_LENT_BORROWED:
		return "borrowed";
	case DEED_ROLE_LENT_INOUT:
		return "lent inout";
	case DEED_ROLE_ALLOCATED:
	case DEED_ROLE_ADOPTED:
		return "made";
	case DEED_ROLE_RESIZED:
		return "resized";
	case DEED_ROLE_MOVED:
		return "moved";
	case DEED_ROLE_RELEASED:
		return "released";
	case DEED_ROLE_FREED:
		return "freed";
	case DEED_ROLE_RESET:
		return "reset";
	default:
		return "dropped";
	}
}

static bool is_loan(enum deed_role role)
{
	return role == DEED_ROLE_LENT_BORROWED || role == DEED_ROLE_LENT_INOUT;
}

/* The first run of bytes that two regions, which meet, share. */
static struct deed_region shared(struct deed_region one, struct deed_region other)
{
	const struct deed_region few = one.rows <= other.rows ? one : other;
	const struct deed_region many = one.rows <= other.rows ? other : one;
	struct deed_region row = few;
	size_t lo, j;

	row.rows = 1;
	while (!deed_region_meets(row, many) && row.lo < deed_region_hi(few))
		row.lo += few.pitch;
	j = row.lo > many.lo && many.pitch ? (row.lo - many.lo) / many.pitch : 0;
	j = deed_min(j, many.rows - 1);
	if (many.lo + j * many.pitch + many.width <= row.lo)
		j++;
	lo = deed_max(row.lo, many.lo + j * many.pitch);
	return (struct deed_region){
		lo, deed_min(row.lo + row.width, many.lo + j * many.pitch + many.width) - lo, 0, 1
	};
}

static const char *behind(const struct deed_note *note)
{
	return note->is_async ? " in the background" : "";
}

static struct deed_tale tale_of(const struct deed_history *history, const struct deed_note *note)
{
	struct deed_tale tale =
		deed_tale_of_part(&history->plan, note->part, history->at, history->thread);

	tale.is_async = note->is_async;
	return tale;
}

static void say(struct deed_finding *finding, const struct deed_act *act,
		const struct deed_note *mine, const struct deed_note *other)
{
	const struct deed_plain name = deed_plain(act->at->text);
	struct deed_elements both = { 0, 0, 0 };
	char which[96] = "";

	if (is_loan(act->role) && is_loan(other->role) && !act->verb)
		both = deed_scaled(act->scale, shared(act->region, other->region));
	if (both.hi - both.lo == 1)
		snprintf(which, sizeof which, ": both have element %zu", both.lo);
	else if (both.lo < both.hi)
		snprintf(which, sizeof which, ": both have elements [%zu, %zu)", both.lo, both.hi);
	deed_finding_say(finding, "`%s` is %s %s by part %zu%s, and %s by part %zu%s%s", name.text,
			 act->verb ? act->verb : done(act->role),
			 act->by_block ? deed_end_of_block(name.text) : "here", mine->part,
			 behind(mine), done(other->role), other->part, behind(other), which);
}

/* E19 of a note, in one of the teams that the calling thread is at work for. */
static struct deed_finding *found(struct deed_thread *me, const struct deed_history *history,
				  const struct deed_act *act, const struct deed_note *mine,
				  const struct deed_note *other)
{
	const struct deed_tale its = tale_of(history, mine);
	const struct deed_tale tale = tale_of(history, other);
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E19, act->at, act->frame);

	deed_finding_by(finding, &finding->sites[0], &its);
	if (act->cell)
		deed_finding_cell(finding, act->cell);
	else
		finding->is_follow_on = other->is_told;
	if (act->verb)
		deed_finding_does(finding, act->verb, act->by_block);
	else
		deed_finding_asks(finding, deed_role_writes(act->role), act->region, act->scale);
	deed_finding_task_site(finding, other->role, other->at, other->thread, &tale,
			       is_loan(other->role) ? other->region
						    : (struct deed_region){ 0, 0, 0, 1 },
			       other->scale);
	if (act->cell && deed_cell_at(act->cell)->kind != DEED_KIND_RAW &&
	    other->role != DEED_ROLE_ALLOCATED && other->role != DEED_ROLE_ADOPTED)
		deed_finding_event(finding, act->cell, 0, DEED_ROLE_ALLOCATED);
	say(finding, act, mine, other);
	return finding;
}

/* ---- acts ----------------------------------------------------------------------------------- */

static struct deed_note note_of(const struct deed_thread *me, const struct walk *walk,
				const struct deed_act *act)
{
	return (struct deed_note){ .at = act->at,
				   .region = act->region,
				   .scale = act->scale,
				   .part = walk->at.part,
				   .thread = me->id,
				   .role = act->role,
				   .is_async = !walk->team };
}

/* Of one team: E19 if another part's note is met. */
static struct deed_finding *note(struct deed_thread *me, const struct walk *walk,
				 const struct deed_act *act, uint64_t generation)
{
	const struct deed_note note = note_of(me, walk, act);
	struct deed_history *const history = history_at(me, walk);
	struct deed_note other;
	struct chapter *chapter;
	bool meets;

	deed_lock_take(&history->lock);
	chapter = chapter_of(history, act->cell, generation);
	/* What a part has made in an arena, and left there, is scratch: the next part of its worker
	 * may clear it away. */
	meets = !(act->role == DEED_ROLE_RESET && chapter->is_new) &&
		deed_notes_meet(&chapter->notes, &note, &other);
	if (!meets)
		deed_notes_put(&chapter->notes, &history->paper, &note);
	deed_lock_give(&history->lock);
	return meets ? found(me, history, act, &note, &other) : NULL;
}

struct deed_act deed_act_of_all(uint32_t cell, enum deed_role role, const struct deed_site *at,
				const void *frame)
{
	const struct deed_cell *const row = deed_cell_at(cell);

	/* An empty buffer is dropped, and moved, as others are. */
	return (struct deed_act){ .at = at,
				  .frame = frame,
				  .cell = cell,
				  .role = role,
				  .region = { 0, deed_max(deed_cell_bytes(row), 1), 0, 1 },
				  .scale = { 0, row->element_bytes } };
}

struct deed_finding *deed_history_note(struct deed_thread *me, const struct deed_act *act)
{
	const struct deed_cell *const cell = deed_cell_at(act->cell);
	struct deed_finding *finding = NULL;
	struct walk walk = walk_from(me);

	/* It is there for one lend alone: deed_history_note_bytes() has been asked. */
	if (cell->kind == DEED_KIND_RAW)
		return NULL;
	while (!finding && walk_on(&walk))
		finding = note(me, &walk, act, deed_word_generation(deed_cell_word(cell)));
	return finding;
}

/* Whether bytes are on the stack of who waits for the team: the frames of who called
 * deed_parallel_for() lie above it, which is in that one's own.
 */
static bool is_on_waiting_stack(const struct walk *walk, struct deed_region region)
{
	const struct deed_history *const history = walk->at.history;
	const uintptr_t lo = walk->team ? (uintptr_t)walk->team : history->team;
	const uintptr_t hi = walk->team ? walk->team->stack_hi
					: __atomic_load_n(&history->stack_hi, __ATOMIC_RELAXED);

	return region.lo > lo && deed_region_hi(region) <= hi;
}

struct deed_finding *deed_history_note_bytes(struct deed_thread *me, const struct deed_act *act,
					     bool is_static)
{
	struct deed_finding *finding = NULL;
	struct walk walk = walk_from(me);

	while (!finding && walk_on(&walk))
		if (is_static || is_on_waiting_stack(&walk, act->region))
			finding = note(me, &walk, act, 0);
	return finding;
}

bool deed_history_is_static(const struct deed_thread *me, const void *data, size_t bytes)
{
	return !deed_on_own_stack(me, (uintptr_t)data) && deed_module_has_data(data, bytes);
}

/* ---- lives ---------------------------------------------------------------------------------- */

void deed_history_begins(struct deed_thread *me, uint32_t cell)
{
	const uint64_t generation = deed_word_generation(deed_cell_word(deed_cell_at(cell)));

	for (struct walk walk = walk_from(me); walk_on(&walk);) {
		struct deed_history *const history = history_at(me, &walk);

		deed_lock_take(&history->lock);
		chapter_of(history, cell, generation)->is_new = true;
		deed_lock_give(&history->lock);
	}
}

void deed_history_hand_back(const struct deed_owner *owner)
{
	const uint64_t handle = deed_handle_word(owner);
	const uint32_t slot = deed_word_slot(handle);
	struct deed_thread *const me = deed_enter();

	if (!me)
		return;
	if (deed_word_tag(handle) != DEED_TAG_LIVE) {
		deed_leave(me);
		return;
	}
	deed_shard_take(slot);
	for (struct walk walk = walk_from(me); walk_on(&walk);) {
		struct deed_history *const history = history_at(me, &walk);
		struct chapter *chapter;

		deed_lock_take(&history->lock);
		chapter = *find(history, slot, deed_word_generation(handle));
		if (chapter) {
			deed_notes_free(&chapter->notes, &history->paper);
			chapter->is_new = true;
		}
		deed_lock_give(&history->lock);
	}
	deed_shard_give(slot);
	deed_leave(me);
}

void deed_history_ends(struct deed_thread *me, uint32_t cell, enum deed_role role,
		       const struct deed_site *at)
{
	const uint64_t generation = deed_word_generation(deed_cell_word(deed_cell_at(cell)));
	const enum deed_role plain =
		(enum deed_role)((unsigned)role & ~(DEED_EVENT_BY_BLOCK | DEED_EVENT_TO_MARK));
	const bool leaves_handle = plain == DEED_ROLE_MOVED || plain == DEED_ROLE_DROPPED ||
				   plain == DEED_ROLE_RELEASED;
	const struct deed_act act = { .at = at, .role = plain };

	for (struct walk walk = walk_from(me); walk_on(&walk);) {
		struct deed_history *const history = history_at(me, &walk);

		deed_lock_take(&history->lock);
		if (!forget(history, cell, generation) && leaves_handle)
			chapter_of(history, cell, generation)->end = note_of(me, &walk, &act);
		deed_lock_give(&history->lock);
	}
}

void deed_history_goes_on(struct deed_thread *me, uint32_t cell, uint64_t generation, uint32_t next,
			  const struct deed_site *at)
{
	const struct deed_act act = deed_act_of_all(next, DEED_ROLE_RESIZED, at, NULL);
	const uint64_t its = deed_word_generation(deed_cell_word(deed_cell_at(next)));

	for (struct walk walk = walk_from(me); walk_on(&walk);) {
		struct deed_history *const history = history_at(me, &walk);
		const struct deed_note note = note_of(me, &walk, &act);
		struct chapter *chapter;
		bool is_new;

		deed_lock_take(&history->lock);
		is_new = forget(history, cell, generation);
		chapter = chapter_of(history, next, its);
		chapter->is_new = is_new;
		deed_notes_put(&chapter->notes, &history->paper, &note);
		deed_lock_give(&history->lock);
	}
}

struct deed_finding *deed_history_left(struct deed_thread *me, const struct deed_owner *owner,
				       const char *verb, const void *frame,
				       const struct deed_site *at)
{
	const uint64_t handle = deed_handle_word(owner);
	const uint32_t slot = deed_word_slot(handle);
	const enum deed_tag tag = deed_word_tag(handle);
	const struct deed_cell *const cell = deed_cell_at(slot);
	struct deed_act act = { .at = at, .frame = frame, .verb = verb };
	struct deed_finding *finding = NULL;
	struct walk walk = walk_from(me);

	if ((tag != DEED_TAG_MOVED && tag != DEED_TAG_DROPPED) || !cell)
		return NULL;
	deed_shard_take(slot);
	/* Its row may be another's by now, of whom this is no story. */
	if (deed_cell_event_of(cell, deed_word_generation(handle)) >= 0)
		act.cell = slot;
	while (!finding && walk_on(&walk)) {
		struct deed_history *const history = history_at(me, &walk);
		const struct deed_note mine = note_of(me, &walk, &act);
		struct deed_note end = { .at = NULL };
		const struct chapter *chapter;

		deed_lock_take(&history->lock);
		chapter = *find(history, slot, deed_word_generation(handle));
		if (chapter && chapter->end.part != mine.part)
			end = chapter->end;
		deed_lock_give(&history->lock);
		if (end.at)
			finding = found(me, history, &act, &mine, &end);
	}
	deed_shard_give(slot);
	return finding;
}
