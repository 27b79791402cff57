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
 * What who waits for the parts has lent, be it shared out to them or not, no part can have, for
 * that lives as long as they do: each is told so by its own verb (E09, E13, E06 to E08), and
 * nothing is noted of it.
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
 * as if it had.
 *
 * What is kept, and for how long, is in annals.c, and so are the locks.
 */
#include "history.h"

#include <stdio.h>

#include "conflict.h"
#include "den.h"
#include "finding.h"
#include "module.h"
#include "shard.h"
#include "tree.h"

/* ---- findings ------------------------------------------------------------------------------- */

static const char *done(const struct deed_note *note)
{
	if (note->verb)
		return note->verb;
	switch (note->role) {
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
		deed_tale_of_part(&history->cut, note->part, history->at, history->thread);

	tale.is_async = note->is_async;
	return tale;
}

static void say(struct deed_finding *finding, const struct deed_act *act,
		const struct deed_note *mine, const struct deed_note *other)
{
	const struct deed_plain name = deed_plain(act->at->text);
	const bool by_row = act->by_row || other->by_row;
	const char *const unit = by_row ? "row" : "element";
	struct deed_elements both = { 0, 0, 0 };
	char which[96] = "";

	if (is_loan(act->role) && is_loan(other->role) && (by_row || !act->verb))
		both = deed_scaled(other->by_row ? other->scale : act->scale,
				   shared(act->region, other->region));
	if (both.hi - both.lo == 1)
		snprintf(which, sizeof which, ": both have %s %zu", unit, both.lo);
	else if (both.lo < both.hi)
		snprintf(which, sizeof which, ": both have %ss [%zu, %zu)", unit, both.lo, both.hi);
	deed_finding_say(finding, "`%s` is %s %s by part %zu%s, and %s by part %zu%s%s", name.text,
			 done(mine), act->by_block ? deed_end_of_block(name.text) : "here",
			 mine->part, behind(mine), done(other), other->part, behind(other), which);
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
			       is_loan(other->role) && !other->verb
				       ? other->region
				       : (struct deed_region){ 0, 0, 0, 1 },
			       other->scale);
	if (other->verb)
		finding->sites[finding->site_count - 1].verb = other->verb;
	if (act->cell && deed_cell_at(act->cell)->kind != DEED_KIND_RAW &&
	    other->role != DEED_ROLE_ALLOCATED && other->role != DEED_ROLE_ADOPTED)
		deed_finding_event(finding, act->cell, 0, DEED_ROLE_ALLOCATED);
	say(finding, act, mine, other);
	return finding;
}

/* ---- acts ----------------------------------------------------------------------------------- */

static struct deed_note note_of(const struct deed_thread *me, const struct deed_walk *walk,
				const struct deed_act *act)
{
	return (struct deed_note){ .at = act->at,
				   .region = act->region,
				   .scale = act->scale,
				   .part = walk->at.part,
				   .thread = me->id,
				   .role = act->role,
				   .verb = act->verb,
				   .by_row = act->by_row,
				   .is_async = !walk->team };
}

/* Of one team: E19 if another part's note is met. */
static struct deed_finding *note(struct deed_thread *me, const struct deed_walk *walk,
				 const struct deed_act *act, uint64_t generation)
{
	const struct deed_note note = note_of(me, walk, act);
	struct deed_history *const history = deed_history_at(me, walk);
	struct deed_note other;
	struct deed_chapter *chapter;
	bool meets;

	deed_lock_take(&history->lock);
	chapter = deed_chapter_of(history, act->cell, generation);
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

bool deed_history_is_lent_above(const struct deed_thread *me, const struct deed_act *act)
{
	const struct deed_ask ask = { .cell = act->cell,
				      .is_inout = deed_role_writes(act->role),
				      .region = act->region };

	return deed_would_conflict_above(me, &ask);
}

struct deed_finding *deed_history_note(struct deed_thread *me, const struct deed_act *act)
{
	const struct deed_cell *const cell = deed_cell_at(act->cell);
	const bool makes = act->role == DEED_ROLE_ALLOCATED || act->role == DEED_ROLE_ADOPTED;
	struct deed_finding *finding = NULL;
	struct deed_walk walk = deed_walk_from(me);

	/* It is there for one lend alone: deed_history_note_bytes() has been asked. */
	if (cell->kind == DEED_KIND_RAW)
		return NULL;
	if (!makes && deed_history_is_lent_above(me, act))
		return NULL;
	while (!finding && deed_walk_on(&walk))
		finding = note(me, &walk, act, deed_word_generation(deed_cell_word(cell)));
	return finding;
}

/* Whether bytes are on the stack of who waits for the team: the frames of who called
 * deed_parallel_for() lie above it, which is in that one's own.
 */
static bool is_on_waiting_stack(const struct deed_walk *walk, struct deed_region region)
{
	const struct deed_history *const history = walk->at.history;
	const uintptr_t lo = walk->team ? (uintptr_t)walk->team : history->team;
	const uintptr_t hi = walk->team ? walk->team->stack_hi : deed_history_stack_hi(history);

	return region.lo > lo && deed_region_hi(region) <= hi;
}

struct deed_finding *deed_history_note_bytes(struct deed_thread *me, const struct deed_act *act,
					     bool is_static)
{
	struct deed_finding *finding = NULL;
	struct deed_walk walk = deed_walk_from(me);

	while (!finding && deed_walk_on(&walk))
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

	for (struct deed_walk walk = deed_walk_from(me); deed_walk_on(&walk);) {
		struct deed_history *const history = deed_history_at(me, &walk);

		deed_lock_take(&history->lock);
		deed_chapter_of(history, cell, generation)->is_new = true;
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
	for (struct deed_walk walk = deed_walk_from(me); deed_walk_on(&walk);) {
		struct deed_history *const history = deed_history_at(me, &walk);
		struct deed_chapter *chapter;

		deed_lock_take(&history->lock);
		chapter = *deed_chapter_find(history, slot, deed_word_generation(handle));
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

	for (struct deed_walk walk = deed_walk_from(me); deed_walk_on(&walk);) {
		struct deed_history *const history = deed_history_at(me, &walk);

		deed_lock_take(&history->lock);
		if (!deed_chapter_forget(history, cell, generation) && leaves_handle)
			deed_chapter_of(history, cell, generation)->end = note_of(me, &walk, &act);
		deed_lock_give(&history->lock);
	}
}

void deed_history_goes_on(struct deed_thread *me, uint32_t cell, uint64_t generation, uint32_t next,
			  const struct deed_site *at)
{
	const struct deed_act act = deed_act_of_all(next, DEED_ROLE_RESIZED, at, NULL);
	const uint64_t its = deed_word_generation(deed_cell_word(deed_cell_at(next)));

	for (struct deed_walk walk = deed_walk_from(me); deed_walk_on(&walk);) {
		struct deed_history *const history = deed_history_at(me, &walk);
		const struct deed_note note = note_of(me, &walk, &act);
		struct deed_chapter *chapter;
		bool is_new;

		deed_lock_take(&history->lock);
		is_new = deed_chapter_forget(history, cell, generation);
		chapter = deed_chapter_of(history, next, its);
		chapter->is_new = is_new;
		deed_notes_put(&chapter->notes, &history->paper, &note);
		deed_lock_give(&history->lock);
	}
}

/* The team in which another part has left the handle so: with the notes of both. Under the shard
 * lock of the cell. */
static struct deed_history *left_by_another(struct deed_thread *me, uint32_t slot,
					    uint64_t generation, const struct deed_act *act,
					    struct deed_note *ret_mine, struct deed_note *ret_end)
{
	for (struct deed_walk walk = deed_walk_from(me); deed_walk_on(&walk);) {
		struct deed_history *const history = deed_history_at(me, &walk);
		const struct deed_chapter *chapter;

		*ret_mine = note_of(me, &walk, act);
		*ret_end = (struct deed_note){ .at = NULL };
		deed_lock_take(&history->lock);
		chapter = *deed_chapter_find(history, slot, generation);
		if (chapter && chapter->end.part != ret_mine->part)
			*ret_end = chapter->end;
		deed_lock_give(&history->lock);
		if (ret_end->at)
			return history;
	}
	return NULL;
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
	const struct deed_history *history;
	struct deed_note mine, end;

	if ((tag != DEED_TAG_MOVED && tag != DEED_TAG_DROPPED) || !cell)
		return NULL;
	deed_shard_take(slot);
	/* Its row may be another's by now, of whom this is no story. */
	if (deed_cell_event_of(cell, deed_word_generation(handle)) >= 0)
		act.cell = slot;
	history = left_by_another(me, slot, deed_word_generation(handle), &act, &mine, &end);
	/* One place in the program settles twice: a settle is a drop, but to who reads of it. */
	if (end.at == at && end.role == DEED_ROLE_DROPPED)
		end.verb = verb;
	if (history)
		finding = found(me, history, &act, &mine, &end);
	deed_shard_give(slot);
	return finding;
}

void deed_history_tell_end(struct deed_thread *me, struct deed_finding *finding, uint32_t slot,
			   uint64_t generation)
{
	const struct deed_act act = { .at = NULL };
	const struct deed_history *history;
	struct deed_note mine, end;
	struct deed_tale tale;

	history = left_by_another(me, slot, generation, &act, &mine, &end);
	if (!history)
		return;
	tale = tale_of(history, &mine);
	deed_finding_by(finding, &finding->sites[0], &tale);
	tale = tale_of(history, &end);
	deed_finding_by(finding, &finding->sites[finding->site_count - 1], &tale);
}

void deed_history_tell_maker(struct deed_thread *me, struct deed_finding *finding, uint32_t slot)
{
	const struct deed_act act = deed_act_of_all(slot, DEED_ROLE_LENT_BORROWED, NULL, NULL);
	const uint64_t generation = deed_word_generation(deed_cell_word(deed_cell_at(slot)));

	for (struct deed_walk walk = deed_walk_from(me); deed_walk_on(&walk);) {
		struct deed_history *const history = deed_history_at(me, &walk);
		const struct deed_note mine = note_of(me, &walk, &act);
		struct deed_chapter *chapter;
		struct deed_note maker;
		struct deed_tale tale;
		bool is_met;

		deed_lock_take(&history->lock);
		chapter = *deed_chapter_find(history, slot, generation);
		is_met = chapter && deed_notes_meet(&chapter->notes, &mine, &maker);
		deed_lock_give(&history->lock);
		if (!is_met ||
		    (maker.role != DEED_ROLE_ALLOCATED && maker.role != DEED_ROLE_ADOPTED))
			continue;
		tale = tale_of(history, &mine);
		deed_finding_by(finding, &finding->sites[0], &tale);
		tale = tale_of(history, &maker);
		deed_finding_by(finding, &finding->sites[finding->site_count - 1], &tale);
		return;
	}
}
