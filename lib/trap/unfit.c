/* SPDX-License-Identifier: MIT
 *
 * lib/trap/unfit.c - what is told of an owner that is not fit for its use. The table of states is
 * at the head of owner.c.
 */
#include "unfit.h"

#include <stdio.h>
#include <string.h>

#include "history.h"
#include "shard.h"

/* Indexed by use: the word for it, and what it is if the owner is lent; and what others are told of
 * it, of those that want an owner that is not lent. */
static const struct {
	const char *verb;
	enum deed_fault lent;
	enum deed_role role;
} uses[] = {
	[DEED_USE_ANY] = { "used", DEED_NO_FAULT, DEED_ROLE_HERE },
	[DEED_USE_BY_VALUE] = { "used", DEED_NO_FAULT, DEED_ROLE_HERE },
	[DEED_USE_CLONE] = { "cloned", DEED_E13, DEED_ROLE_HERE },
	[DEED_USE_MOVE] = { "moved", DEED_E06, DEED_ROLE_MOVED },
	[DEED_USE_SWAP] = { "swapped", DEED_E06, DEED_ROLE_MOVED },
	[DEED_USE_RESIZE] = { "resized", DEED_E07, DEED_ROLE_RESIZED },
	[DEED_USE_PUSH] = { "pushed to", DEED_E07, DEED_ROLE_RESIZED },
	[DEED_USE_REALLOC] = { "reallocated", DEED_E07, DEED_ROLE_RESIZED },
	[DEED_USE_DROP] = { "dropped", DEED_E08, DEED_ROLE_DROPPED },
	[DEED_USE_SETTLE] = { "settled", DEED_E08, DEED_ROLE_DROPPED },
	[DEED_USE_AUTO_END] = { "dropped", DEED_E08, DEED_ROLE_DROPPED },
	[DEED_USE_RELEASE] = { "released", DEED_E08, DEED_ROLE_RELEASED },
	[DEED_USE_FREE] = { "freed", DEED_E08, DEED_ROLE_FREED },
};

static struct deed_finding *begin(struct deed_thread *me, enum deed_fault fault,
				  enum deed_owner_use use, const void *frame,
				  const struct deed_site *at)
{
	struct deed_finding *const finding = deed_finding_begin(me, fault, at, frame);

	deed_finding_does(finding, uses[use].verb, use == DEED_USE_AUTO_END);
	return finding;
}

static const char *where(enum deed_owner_use use)
{
	return use == DEED_USE_AUTO_END ? "at the end of its block" : "here";
}

static enum deed_fault fault_of_role(enum deed_role role, enum deed_owner_use use)
{
	if (role == DEED_ROLE_MOVED)
		return DEED_E03;
	if (use == DEED_USE_FREE)
		return DEED_E05;
	if (role == DEED_ROLE_RESET)
		return DEED_E21;
	return use >= DEED_USE_DROP && role != DEED_ROLE_RESIZED ? DEED_E05 : DEED_E04;
}

/* Of what lay in an arena that was reset by the event; -1 if that is forgotten. */
static const char *past_reset(const struct deed_cell *cell, int event)
{
	if (event < 0 || !(cell->event_who[event] >> 24 & DEED_EVENT_BY_BLOCK))
		return "ended with its arena";
	return deed_is_part_scratch(cell->event_site[event]->text)
		       ? "ended with the scratch of its part"
		       : "ended with the scratch of its block";
}

static const char *past(enum deed_role role, const struct deed_cell *cell, int event)
{
	switch (role) {
	case DEED_ROLE_MOVED:
		return "moved away";
	case DEED_ROLE_RESIZED:
		return cell->kind == DEED_KIND_MALLOC ? "reallocated" : "resized";
	case DEED_ROLE_RELEASED:
		return "released";
	case DEED_ROLE_FREED:
		return "freed";
	case DEED_ROLE_RESET:
		return past_reset(cell, event);
	default:
		return "dropped";
	}
}

/* How the handle's generation ended: "moved to `ys`", and in which function if it was another. */
static void put_how(char *how, size_t size, const struct deed_cell *cell, int event,
		    enum deed_role role, const struct deed_site *at)
{
	const struct deed_site *const there = event >= 0 ? cell->event_site[event] : NULL;
	int len;

	if (role == DEED_ROLE_MOVED && event >= 0 && event == deed_cell_latest_move(cell))
		len = snprintf(how, size, "moved to `%s`", deed_plain(cell->name).text);
	else
		len = snprintf(how, size, "%s", past(role, cell, event));
	if (there && strcmp(there->function, at->function) != 0)
		snprintf(how + len, size - (size_t)len, " in %.64s%s", there->function,
			 deed_parentheses(there->function));
}

/* A handle whose generation is over. `tag` says how, if it is not a copy that does not know. */
struct deed_finding *deed_owner_is_stale(struct deed_thread *me, const struct deed_owner *owner,
					 enum deed_owner_use use, const void *frame,
					 const struct deed_site *at)
{
	const uint64_t handle = deed_handle_word(owner);
	const uint32_t slot = deed_word_slot(handle);
	const uint64_t generation = deed_word_generation(handle);
	struct deed_cell *const cell = deed_cell_at(slot);
	/* Nobody has a handle of a block: another thread has ended it just now. */
	const bool is_copy =
		deed_word_tag(handle) == DEED_TAG_LIVE && cell->kind != DEED_KIND_MALLOC;
	const struct deed_plain name = deed_plain(at->text);
	const int event = deed_cell_event_of(cell, generation);
	const bool same_life = cell->event_count &&
			       (uint32_t)(generation - cell->event_generation[0]) < (uint32_t)1
											    << 31;
	enum deed_role role = DEED_ROLE_DROPPED;
	struct deed_finding *finding;
	char how[192];

	if (event >= 0)
		role = deed_event_role(cell, event);
	else if (is_copy)
		role = same_life && cell->is_live	? DEED_ROLE_MOVED
		       : deed_handle_is_in_arena(owner) ? DEED_ROLE_RESET
							: DEED_ROLE_DROPPED;
	if (deed_word_tag(handle) == DEED_TAG_MOVED)
		role = DEED_ROLE_MOVED;
	if (deed_word_tag(handle) == DEED_TAG_DROPPED && role == DEED_ROLE_MOVED)
		role = DEED_ROLE_DROPPED;

	finding = begin(me, fault_of_role(role, use), use, frame, at);
	if (same_life)
		deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, event, role);
	if (event >= 0 && deed_is_in_team(me))
		deed_history_tell_end(me, finding, slot, generation);
	deed_finding_event(finding, slot, same_life ? 0 : -1, DEED_ROLE_ALLOCATED);
	if (is_copy && role != DEED_ROLE_RESET)
		deed_finding_is_copy(finding);
	put_how(how, sizeof how, cell, same_life ? event : -1, role, at);
	if (!is_copy || role == DEED_ROLE_RESET)
		deed_finding_say(finding, "`%s` is %s %s, but it was %s before", name.text,
				 uses[use].verb, where(use), how);
	else if (use == DEED_USE_BY_VALUE || cell->home == owner)
		deed_finding_say(finding,
				 "`%s` is %s %s, but its buffer was %s through another copy of "
				 "this handle",
				 name.text, uses[use].verb, where(use), how);
	else
		deed_finding_say(finding,
				 "`%s` is %s %s, but its buffer was %s through another copy of "
				 "this handle (this one is at %p, the last owner at %p)",
				 name.text, uses[use].verb, where(use), how, (const void *)owner,
				 cell->home);
	return finding;
}

struct deed_finding *deed_owner_is_gone(struct deed_thread *me, uint32_t slot, const void *frame,
					const struct deed_site *at)
{
	const struct deed_cell *const cell = deed_cell_at(slot);
	const int event = deed_cell_event_back(cell, 0);
	const enum deed_role role = event > 0 ? deed_event_role(cell, event) : DEED_ROLE_DROPPED;
	const struct deed_plain name = deed_plain(at->text), its = deed_cell_name(cell);
	struct deed_finding *const finding =
		deed_finding_begin(me, role == DEED_ROLE_RESET ? DEED_E21 : DEED_E04, at, frame);
	char how[192];

	deed_finding_does(finding, "lent", false);
	deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, event, role);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	put_how(how, sizeof how, cell, event, role, at);
	if (!strcmp(name.text, its.text))
		deed_finding_say(finding, "`%s` is lent here, but it was %s before", name.text,
				 how);
	else
		deed_finding_say(finding,
				 "`%s` is lent here, but it points into `%s`, which was %s before",
				 name.text, its.text, how);
	return finding;
}

struct deed_finding *deed_owner_is_no_handle(struct deed_thread *me, const struct deed_owner *owner,
					     enum deed_owner_use use, const void *frame,
					     const struct deed_site *at)
{
	const struct deed_plain name = deed_plain(at->text);
	const uint32_t slot = deed_word_slot(deed_handle_word(owner));
	const struct deed_cell *const cell = deed_cell_at(slot);
	struct deed_finding *const finding = begin(me, DEED_E18, use, frame, at);

	if (cell && cell->is_live && deed_word_tag(deed_handle_word(owner)) == DEED_TAG_LIVE &&
	    deed_word_generation(deed_handle_word(owner)) ==
		    deed_word_generation(deed_cell_word(cell))) {
		deed_finding_cell(finding, slot);
		deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
		deed_finding_say(finding,
				 "`%s` names a buffer of %zu elements, but says that it has %zu",
				 name.text, cell->count, owner->len & DEED_LEN_MAX);
	} else {
		deed_finding_say(
			finding,
			"the bits of `%s` name no buffer: was it initialised with DEED_EMPTY?",
			name.text);
	}
	return finding;
}

struct deed_finding *deed_owner_is_empty(struct deed_thread *me, enum deed_owner_use use,
					 const void *frame, const struct deed_site *at)
{
	const struct deed_plain name = deed_plain(at->text);
	struct deed_finding *const finding = begin(me, DEED_E01, use, frame, at);

	deed_finding_say(finding, "`%s` is %s here, but it owns nothing", name.text,
			 uses[use].verb);
	return finding;
}

struct deed_finding *deed_owner_is_of_another_type(struct deed_thread *me, uint32_t slot,
						   enum deed_owner_use use, const void *frame,
						   const struct deed_site *at)
{
	const struct deed_plain name = deed_plain(at->text);
	struct deed_finding *const finding = begin(me, DEED_E22, use, frame, at);
	const struct deed_cell *const cell = deed_cell_at(slot);

	deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	deed_finding_say_types(finding, name.text, at, cell->event_site[0], cell->element_bytes);
	return finding;
}

struct deed_finding *deed_owner_is_not_at_home(struct deed_thread *me, uint32_t slot,
					       const struct deed_owner *owner,
					       enum deed_owner_use use, const void *frame,
					       const struct deed_site *at)
{
	const struct deed_plain name = deed_plain(at->text);
	struct deed_finding *const finding = begin(me, DEED_E16, use, frame, at);

	deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	deed_finding_say(finding, "`%s` is at %p here, but its buffer is owned by the handle at %p",
			 name.text, (const void *)owner, deed_cell_at(slot)->home);
	return finding;
}

struct deed_finding *deed_owner_is_lent(struct deed_thread *me, uint32_t slot,
					enum deed_owner_use use, const void *frame,
					const struct deed_site *at)
{
	const struct deed_plain name = deed_plain(at->text);
	struct deed_finding *const finding = begin(me, uses[use].lent, use, frame, at);
	size_t holders;

	deed_finding_cell(finding, slot);
	deed_finding_all_loans(finding, slot);
	holders = deed_finding_sites(finding) - 1;
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	if (!holders)
		deed_finding_say(finding, "`%s` is %s %s: until just now, it was lent", name.text,
				 uses[use].verb, where(use));
	else if (holders == 1)
		deed_finding_say(finding, "`%s` is %s %s while it is still lent", name.text,
				 uses[use].verb, where(use));
	else
		deed_finding_say(finding, "`%s` is %s %s while %zu loans of it have not ended",
				 name.text, uses[use].verb, where(use), holders);
	return finding;
}

/* E19 of all of an owner: another part has had some of it. */
struct deed_finding *deed_owner_was_had_by_another(struct deed_thread *me, uint32_t slot,
						   enum deed_owner_use use, const void *frame,
						   const struct deed_site *at)
{
	struct deed_act act = deed_act_of_all(slot, uses[use].role, at, frame);

	act.verb = uses[use].verb;
	act.by_block = use == DEED_USE_AUTO_END;
	return deed_history_note(me, &act);
}

struct deed_finding *deed_owner_is_static(struct deed_thread *me, uint32_t slot,
					  enum deed_owner_use use, const void *frame,
					  const struct deed_site *at)
{
	const struct deed_plain name = deed_plain(at->text);
	struct deed_finding *const finding = begin(me, DEED_E18, use, frame, at);

	deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ADOPTED);
	deed_finding_say(finding, "`%s` is static data: it can be borrowed, not %s", name.text,
			 uses[use].verb);
	return finding;
}

void deed_owner_of_another_kind(const struct deed_owner *owner, bool has_rows, const void *frame,
				const struct deed_site *at)
{
	static const char *const kinds[] = { "elements", "columns" };
	struct deed_thread *const me = deed_enter();
	const uint32_t slot = deed_word_slot(deed_handle_word(owner));
	struct deed_finding *finding;

	if (!me) {
		deed_reentered(at, frame);
		return;
	}
	deed_shard_take(slot);
	finding = begin(me, DEED_E22, DEED_USE_MOVE, frame, at);
	deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	deed_finding_say(finding, "`%s` is an owner of %s, but what is moved there is one of %s",
			 deed_plain(at->text).text, kinds[has_rows], kinds[!has_rows]);
	deed_shard_give(slot);
	deed_raise(me, finding);
}

/* The move to a struct deed_async, where a handle is of what that had, whatever was done there; -1
 * if it is forgotten. */
static int handing_over(const struct deed_cell *cell, uint64_t generation)
{
	int i;

	if (generation > deed_word_generation(deed_cell_word(cell)))
		return -1;
	for (uint32_t back = 0; (i = deed_cell_event_back(cell, back)) > 0; back++)
		if (deed_event_role(cell, i) == DEED_ROLE_MOVED &&
		    (int32_t)((uint32_t)generation - cell->event_generation[i]) > 0)
			return cell->event_who[i] >> 24 & DEED_EVENT_HANDED_OVER ? i : -1;
	return -1;
}

/* Where the original was given the owner, whose fault it is not; its name, while it has it. Under
 * the shard lock. */
static struct deed_plain tell_original(struct deed_finding *finding, uint32_t slot,
				       uint64_t generation)
{
	struct deed_cell *const cell = deed_cell_at(slot);
	const int move = handing_over(cell, generation);

	if (move < 0)
		return deed_plain("");
	deed_finding_event(finding, slot, move, DEED_ROLE_MOVED);
	return deed_plain(move == deed_cell_latest_move(cell) ? cell->name : "");
}

void deed_owner_is_awaited_by_copy(const struct deed_owner *owner, const void *frame,
				   const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	const uint64_t handle = deed_handle_word(owner);
	const uint32_t slot = deed_word_slot(handle);
	struct deed_plain original = { "" };
	struct deed_finding *finding;

	if (!me) {
		deed_reentered(at, frame);
		return;
	}
	finding = deed_finding_begin(me, DEED_E18, at, frame);
	deed_finding_does(finding, "awaited", false);
	if (deed_cell_at(slot)) {
		deed_shard_take(slot);
		original = tell_original(finding, slot, deed_word_generation(handle));
		deed_shard_give(slot);
	}
	if (*original.text)
		deed_finding_say(finding,
				 "`%s` is awaited here, but it is a copy of `%s`, which "
				 "deed_async() was given",
				 deed_plain(at->text).text, original.text);
	else
		deed_finding_say(
			finding,
			"`%s` is awaited here, but it is a copy of what deed_async() was given",
			deed_plain(at->text).text);
	deed_raise(me, finding);
}

/* The handle lay in the struct, and there is nothing of it but what its cell knows: that, under its
 * shard lock; or 0, and no lock. */
static uint32_t open_handed_over(const void *home)
{
	const uint32_t made = deed_cells_made();

	for (uint32_t slot = 1; slot < made; slot++) {
		const struct deed_cell *const cell = deed_cell_at(slot);

		deed_shard_take(slot);
		if (cell->is_live && cell->home == home && deed_cell_is_handed_over(cell))
			return slot;
		deed_shard_give(slot);
	}
	return 0;
}

void deed_owner_is_lost(const void *home)
{
	struct deed_thread *const me = deed_enter();
	const uint32_t slot = me ? open_handed_over(home) : 0;
	struct deed_finding *finding;
	const struct deed_cell *cell;
	int move;

	if (!me)
		return;
	if (!slot) {
		deed_leave(me);
		return;
	}
	cell = deed_cell_at(slot);
	move = deed_cell_latest_move(cell); /* it has one: it is handed over */
	finding = deed_finding_begin(me, DEED_E18, cell->event_site[move < 0 ? 0 : move], NULL);
	deed_finding_does(finding, "handed over", false);
	deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	deed_finding_say(finding,
			 "`%s` was under way by deed_async(), and is no more: it left its "
			 "scope, or was written over, before it was awaited",
			 deed_plain(cell->name).text);
	deed_shard_give(slot);
	deed_raise(me, finding);
}
