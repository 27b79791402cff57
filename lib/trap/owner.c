/* SPDX-License-Identifier: MIT
 *
 * lib/trap/owner.c - the verbs of owners, checked: the table of states, E01 to E08.
 *
 *                 EMPTY     LIVE             MOVED   DROPPED
 *     new, ...    makes     E02 if its own   makes   makes
 *     use         E01       fine             E03     E04
 *     drop        nothing   ends             E03     E05
 *     settle      nothing   ends             nothing nothing
 *
 * The tag in the handle decides; for a bit copy, whose tag still says LIVE, the cell does:
 * its generation has moved on, and its events say by what. The cell knows the address of
 * the handle that owns it (home), which tells an owner about to be overwritten (E02) from
 * the relic of a struct that was moved by memcpy.
 *
 * All changes of a cell are made under its shard lock. The allocator, deleters and the
 * report are called with no lock held, and outside the ledger, for they may come back in.
 */
#include "owner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../foreign.h"
#include "deed/own.h"
#include "lock.h"
#include "near.h"
#include "options.h"
#include "raw.h"
#include "stack.h"
#include "tree.h"

#define LEAST_ALIGN 16 /* what malloc gives */

/* ---- what a handle is worth ----------------------------------------------------------------- */

static enum deed_fault fault_of_role(enum deed_role role, enum deed_owner_use use)
{
	if (role == DEED_ROLE_MOVED)
		return DEED_E03;
	return use == DEED_USE_DROP && role != DEED_ROLE_RESIZED ? DEED_E05 : DEED_E04;
}

static const char *past(enum deed_role role)
{
	switch (role) {
	case DEED_ROLE_MOVED:
		return "moved away";
	case DEED_ROLE_RESIZED:
		return "ended by a resize through another copy of it";
	case DEED_ROLE_RELEASED:
		return "released";
	default:
		return "dropped";
	}
}

/* A handle whose generation is over. `tag` says how, if it is not a copy that does not know. */
static struct deed_finding *stale(struct deed_thread *me, const struct deed_owner *owner,
				  enum deed_owner_use use, const void *frame,
				  const struct deed_site *at)
{
	const uint64_t handle = deed_handle_word(owner);
	const uint32_t slot = deed_word_slot(handle);
	const uint64_t generation = deed_word_generation(handle);
	struct deed_cell *const cell = deed_cell_at(slot);
	const bool is_copy = deed_word_tag(handle) == DEED_TAG_LIVE;
	const struct deed_plain name = deed_plain(at->text);
	const int event = deed_cell_event_of(cell, generation);
	const bool same_life = cell->event_count &&
			       (uint32_t)(generation - cell->event_generation[0]) < (uint32_t)1 << 31;
	const char *const verb = use == DEED_USE_DROP ? "dropped" : "used";
	enum deed_role role = DEED_ROLE_DROPPED;
	struct deed_finding *finding;
	char how[96];

	if (event >= 0)
		role = (enum deed_role)(cell->event_who[event] >> 24);
	else if (is_copy)
		role = same_life && cell->is_live ? DEED_ROLE_MOVED : DEED_ROLE_DROPPED;
	if (deed_word_tag(handle) == DEED_TAG_MOVED)
		role = DEED_ROLE_MOVED;
	if (deed_word_tag(handle) == DEED_TAG_DROPPED && role == DEED_ROLE_MOVED)
		role = DEED_ROLE_DROPPED;

	finding = deed_finding_begin(me, fault_of_role(role, use), at, frame);
	if (same_life)
		deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, event, role);
	deed_finding_event(finding, slot, same_life ? 0 : -1, DEED_ROLE_ALLOCATED);
	if (role == DEED_ROLE_MOVED && same_life && event >= 0 && event == deed_cell_latest_move(cell))
		snprintf(how, sizeof how, "moved to `%s`", deed_plain(cell->name).text);
	else
		snprintf(how, sizeof how, "%s", past(role));
	if (is_copy && cell->home != owner)
		deed_finding_say(finding,
				 "`%s` is a copy of a handle, and the buffer was %s through another "
				 "one (this copy is at %p, the handle that owned last at %p)",
				 name.text, how, (const void *)owner, cell->home);
	else if (is_copy)
		deed_finding_say(finding, "`%s` is %s here, but the buffer was %s through a copy of "
				 "this handle", name.text, verb, how);
	else
		deed_finding_say(finding, "`%s` is %s here, but it was %s before", name.text, verb, how);
	return finding;
}

static struct deed_finding *no_handle(struct deed_thread *me, const struct deed_owner *owner,
				      const void *frame, const struct deed_site *at)
{
	const struct deed_plain name = deed_plain(at->text);
	const uint32_t slot = deed_word_slot(deed_handle_word(owner));
	const struct deed_cell *const cell = deed_cell_at(slot);
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E18, at, frame);

	if (cell && cell->is_live && deed_word_tag(deed_handle_word(owner)) == DEED_TAG_LIVE &&
	    deed_word_generation(deed_handle_word(owner)) ==
		    deed_word_generation(deed_cell_word(cell))) {
		deed_finding_cell(finding, slot);
		deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
		deed_finding_say(finding, "`%s` names a buffer of %zu elements, but says that it has %zu",
				 name.text, cell->count, owner->len);
	} else {
		deed_finding_say(finding,
				 "the bits of `%s` name no buffer: was it initialised with DEED_EMPTY?",
				 name.text);
	}
	return finding;
}

static struct deed_finding *empty(struct deed_thread *me, const void *frame,
				  const struct deed_site *at)
{
	const struct deed_plain name = deed_plain(at->text);
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E01, at, frame);

	deed_finding_say(finding, "`%s` owns nothing here", name.text);
	return finding;
}

static struct deed_finding *wrong_type(struct deed_thread *me, uint32_t slot, const void *frame,
				       const struct deed_site *at)
{
	const struct deed_plain name = deed_plain(at->text);
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E22, at, frame);

	deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	deed_finding_say(finding,
			 "`%s` is used here as elements of %zu bytes, but was made of elements of %u",
			 name.text, at->element_bytes, deed_cell_at(slot)->element_bytes);
	return finding;
}

static struct deed_finding *not_at_home(struct deed_thread *me, uint32_t slot,
					const struct deed_owner *owner, const void *frame,
					const struct deed_site *at)
{
	const struct deed_plain name = deed_plain(at->text);
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E16, at, frame);

	deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	deed_finding_say(finding, "`%s` is at %p here, but its buffer is owned by the handle at %p",
			 name.text, (const void *)owner, deed_cell_at(slot)->home);
	return finding;
}

uint32_t deed_owner_open(struct deed_thread *me, const struct deed_owner *owner,
			 enum deed_owner_use use, const void *frame, const struct deed_site *at,
			 struct deed_finding **ret_finding)
{
	const uint64_t handle = deed_handle_word(owner);
	const uint32_t slot = deed_word_slot(handle);
	struct deed_cell *const cell = deed_cell_at(slot);
	uint64_t generation;

	if (!handle) {
		*ret_finding = empty(me, frame, at);
		return 0;
	}
	if (!cell) {
		*ret_finding = no_handle(me, owner, frame, at);
		return 0;
	}
	deed_shard_take(slot);
	generation = deed_word_generation(deed_cell_word(cell));
	if (deed_word_tag(handle) == DEED_TAG_LIVE &&
	    deed_word_generation(handle) == generation && cell->is_live &&
	    cell->kind != DEED_KIND_RAW && owner->len == cell->count) {
		if (cell->element_bytes != at->element_bytes)
			*ret_finding = wrong_type(me, slot, frame, at);
		else if (deed_options.pin_handles && use != DEED_USE_BY_VALUE && cell->home != owner)
			*ret_finding = not_at_home(me, slot, owner, frame, at);
		else
			return slot;
	} else if (deed_word_generation(handle) < generation) {
		*ret_finding = stale(me, owner, use, frame, at);
	} else {
		*ret_finding = no_handle(me, owner, frame, at);
	}
	deed_shard_give(slot);
	return 0;
}

struct deed_finding *deed_owner_is_lent(struct deed_thread *me, uint32_t slot,
					enum deed_fault fault, const char *what, const void *frame,
					const struct deed_site *at)
{
	const struct deed_plain name = deed_plain(at->text);
	struct deed_finding *const finding = deed_finding_begin(me, fault, at, frame);
	size_t holders;

	deed_finding_cell(finding, slot);
	deed_finding_all_loans(finding, slot);
	holders = deed_finding_sites(finding) - 1;
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	deed_finding_say(finding, "`%s` is %s here while %zu loan%s of it %s live", name.text, what,
			 holders, holders == 1 ? "" : "s", holders == 1 ? "is" : "are");
	return finding;
}

/* ---- making --------------------------------------------------------------------------------- */

/* Whether `ret` may be overwritten: false, and E02 raised, if it is the home of a live buffer. */
static bool is_free_target(struct deed_thread *me, const struct deed_owner *ret, const char *verb,
			   const void *frame, const struct deed_site *at)
{
	const uint64_t handle = deed_handle_word(ret);
	const uint32_t slot = deed_word_slot(handle);
	struct deed_cell *const cell = deed_cell_at(slot);
	struct deed_finding *finding = NULL;

	if (deed_word_tag(handle) != DEED_TAG_LIVE || !cell)
		return true;
	deed_shard_take(slot);
	if (cell->is_live && cell->home == ret &&
	    deed_word_generation(handle) == deed_word_generation(deed_cell_word(cell))) {
		const struct deed_plain name = deed_plain(at->text);

		finding = deed_finding_begin(me, DEED_E02, at, frame);
		deed_finding_cell(finding, slot);
		deed_finding_all_loans(finding, slot);
		deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
		deed_finding_say(finding, "%s `%s` would lose the %zu bytes that it still owns", verb,
				 name.text, deed_cell_bytes(cell));
	}
	deed_shard_give(slot);
	if (!finding)
		return true;
	deed_raise(me, finding);
	return false;
}

static uint32_t log2_of(size_t power)
{
	return (uint32_t)__builtin_ctzl(power);
}

struct making {
	const struct deed_site *at;
	const void *frame;
	void *base;
	size_t count, align;
	enum deed_kind kind;
	enum deed_role role;
};

/* Static data, which has no inout loans, buffers of no bytes, which have no loans at all, and options
 * that look at every loan go the slow way. */
static void set_quick(struct deed_cell *cell)
{
	cell->quick_len = cell->kind <= DEED_KIND_FOREIGN && deed_cell_bytes(cell) &&
					  !deed_options.pin_handles && !deed_options.loan_stacks
				  ? cell->count
				  : SIZE_MAX;
}

/* Enters memory into the ledger as a buffer of `ret`. 0 or -ENOMEM. Inside the ledger, no lock. */
static int enter_cell(struct deed_thread *me, struct deed_owner *ret, const struct making *making)
{
	uint32_t slot;
	struct deed_cell *const cell =
		deed_cell_take(making->kind, making->count * making->at->element_bytes, &slot);
	uint64_t generation;

	if (!cell)
		return -ENOMEM;
	/* No lock: nobody's handle names this row yet, and nobody looks at one that is not live. */
	generation = deed_word_generation(deed_cell_word(cell));
	cell->base = making->base;
	cell->count = making->count;
	cell->home = ret;
	cell->name = making->at->text;
	cell->element_bytes = (uint32_t)making->at->element_bytes;
	cell->align_log2 = (uint8_t)log2_of(making->align);
	deed_cell_event(cell, making->role, making->at,
			deed_stack_keep(making->frame, me->stack_lo, me->stack_hi), generation,
			me->id);
	set_quick(cell);
	__atomic_store_n(&cell->is_live, 1, __ATOMIC_RELEASE);
	deed_near_put(cell, slot);
	deed_handle_set(ret, DEED_TAG_LIVE, slot, generation, making->count);
	return 0;
}

static void *allocate(size_t bytes, size_t align, bool zeroed)
{
	bytes = bytes ? bytes : 1;
	if (align > LEAST_ALIGN)
		return deed_alloc_aligned_(bytes, align, zeroed);
	return zeroed ? calloc(1, bytes) : malloc(bytes);
}

static int make(struct deed_owner *ret, const void *source, struct making *making, bool zeroed,
		const char *verb)
{
	struct deed_thread *me = deed_enter();
	size_t bytes;
	int err;

	if (!me) {
		deed_reentered(making->at, making->frame);
		return -EPERM;
	}
	if (!is_free_target(me, ret, verb, making->frame, making->at))
		return -EPERM;
	deed_leave(me);
	if (__builtin_mul_overflow(making->count, making->at->element_bytes, &bytes) ||
	    making->count > DEED_LEN_MAX)
		return -EOVERFLOW;
	making->align = deed_max(making->align, deed_max(making->at->element_align, LEAST_ALIGN));
	making->base = allocate(bytes, making->align, zeroed);
	if (!making->base)
		return -ENOMEM;
	if (source && bytes)
		memcpy(making->base, source, bytes);
	me = deed_enter();
	err = enter_cell(me, ret, making);
	deed_leave(me);
	if (err)
		free(making->base);
	return err;
}

DEED_EXPORT int deed_trap_new(struct deed_owner *ret, size_t count, size_t align, int zeroed, const void *frame,
			      const struct deed_site *at)
{
	struct making making = { .at = at, .frame = frame, .count = count,
				 .align = align, .kind = DEED_KIND_HEAP,
				 .role = DEED_ROLE_ALLOCATED };

	return make(ret, NULL, &making, zeroed, "making a new buffer for");
}

DEED_EXPORT int deed_trap_from(struct deed_owner *ret, const void *source, size_t count, const void *frame,
			       const struct deed_site *at)
{
	struct making making = { .at = at, .frame = frame, .count = count,
				 .kind = DEED_KIND_HEAP, .role = DEED_ROLE_ALLOCATED };

	return make(ret, source, &making, false, "making a copy for");
}

/* Reading an owner that is lent inout, in whole or in part, is E13. */
static struct deed_finding *is_lent_inout(struct deed_thread *me, uint32_t slot, const void *frame,
					  const struct deed_site *at)
{
	const struct deed_cell *const cell = deed_cell_at(slot);
	const struct deed_region all = { 0, deed_cell_bytes(cell), 0, 1 };
	struct deed_finding *finding;

	if (!(deed_cell_word(cell) & DEED_CELL_WRITER) &&
	    (!all.width || !deed_child_in_the_way(cell->regions, all, false)))
		return NULL;
	finding = deed_owner_is_lent(me, slot, DEED_E13, "read", frame, at);
	return finding;
}

DEED_EXPORT int deed_trap_clone(struct deed_owner *ret, const struct deed_owner *source, const void *frame,
				const struct deed_site *at)
{
	struct making making = { .at = at, .frame = frame, .kind = DEED_KIND_HEAP,
				 .role = DEED_ROLE_ALLOCATED };
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding = NULL;
	const void *data = NULL;
	uint32_t slot;

	if (!me) {
		deed_reentered(at, frame);
		return -EPERM;
	}
	slot = deed_owner_open(me, source, DEED_USE_ANY, frame, at, &finding);
	if (slot) {
		finding = is_lent_inout(me, slot, frame, at);
		data = deed_cell_at(slot)->base;
		making.count = deed_cell_at(slot)->count;
		making.align = (size_t)1 << deed_cell_at(slot)->align_log2;
		deed_shard_give(slot);
	}
	if (finding) {
		deed_raise(me, finding);
		return -EPERM;
	}
	deed_leave(me);
	return make(ret, data, &making, false, "cloning into");
}

struct ended {
	void *base;
	enum deed_kind kind;
};

/* Takes the cell out of the ledger; the memory is the caller's. Inside, under the shard lock, which
 * it gives back. */
static struct ended leave_cell(struct deed_thread *me, struct deed_owner *owner, uint32_t slot,
			       enum deed_role role, const void *frame, const struct deed_site *at)
{
	struct deed_cell *const cell = deed_cell_at(slot);
	const struct ended ended = { cell->base, (enum deed_kind)cell->kind };
	const uint64_t generation = deed_word_generation(deed_cell_word(cell));

	deed_handle_set(owner, DEED_TAG_DROPPED, slot, generation, 0);
	deed_cell_event(cell, role, at, deed_stack_keep(frame, me->stack_lo, me->stack_hi),
			generation, me->id);
	cell->is_live = 0;
	cell->quick_len = SIZE_MAX;
	(void)deed_cell_bump(cell);
	deed_shard_give(slot);
	deed_near_take(cell, slot);
	deed_cell_give(cell, slot);
	return ended;
}

/* What an adoption finds at its base. Static data may have any number of owners, which need no drop:
 * one whose handle was a variable that is now `ret` has gone out of scope. */
struct same_base {
	const void *base;
	const struct deed_owner *ret;
	enum deed_kind kind;
	uint32_t in_the_way, out_of_scope;
};

static bool see_same_base(uint32_t slot, void *context)
{
	struct same_base *const look = context;
	const struct deed_cell *const cell = deed_cell_at(slot);

	if (cell->kind == DEED_KIND_RAW || cell->base != look->base)
		return true;
	if (cell->kind == DEED_KIND_STATIC && look->kind == DEED_KIND_STATIC)
		look->out_of_scope = cell->home == look->ret ? slot : look->out_of_scope;
	else
		look->in_the_way = slot;
	return !look->in_the_way;
}

static int border(struct deed_owner *ret, struct making *making, const struct deed_foreign *foreign)
{
	struct deed_thread *const me = deed_enter();
	const size_t bytes = making->count * making->at->element_bytes;
	struct same_base look = { making->base, ret, making->kind, 0, 0 };
	int err;

	if (!me) {
		deed_reentered(making->at, making->frame);
		return -EPERM;
	}
	if (!is_free_target(me, ret, "adopting into", making->frame, making->at))
		return -EPERM;
	making->align = (size_t)1 << deed_min((size_t)__builtin_ctzl((uintptr_t)making->base), 21);
	deed_raw_lock();
	deed_near_search((uintptr_t)making->base, (uintptr_t)making->base + deed_max(bytes, 1),
			 see_same_base, &look);
	if (look.in_the_way) {
		struct deed_finding *const finding =
			deed_finding_begin(me, DEED_E18, making->at, making->frame);

		deed_shard_take(look.in_the_way);
		deed_finding_cell(finding, look.in_the_way);
		deed_finding_event(finding, look.in_the_way, 0, DEED_ROLE_ALLOCATED);
		deed_shard_give(look.in_the_way);
		deed_raw_unlock();
		deed_finding_say(finding, "the memory at %p is a buffer already", making->base);
		deed_raise(me, finding);
		return -EPERM;
	}
	if (look.out_of_scope) {
		struct deed_owner gone;

		deed_shard_take(look.out_of_scope);
		(void)leave_cell(me, &gone, look.out_of_scope, DEED_ROLE_DROPPED, NULL, making->at);
	}
	err = foreign ? deed_foreign_put(foreign) : 0;
	if (!err) {
		err = enter_cell(me, ret, making);
		if (err && foreign) {
			struct deed_foreign taken;

			(void)deed_foreign_take(foreign->data, &taken);
		}
	}
	if (!err)
		deed_raw_meet_new_cell(me, deed_word_slot(deed_handle_word(ret)));
	deed_raw_unlock();
	deed_leave(me);
	return err;
}

DEED_EXPORT int deed_trap_adopt(struct deed_owner *ret, void *data, size_t count,
				void (*deleter)(void *, size_t, void *), void *context, const void *frame,
				const struct deed_site *at)
{
	const struct deed_foreign foreign = { data, count * at->element_bytes, deleter, context };
	struct making making = { .at = at, .frame = frame, .base = data, .count = count,
				 .kind = DEED_KIND_FOREIGN, .role = DEED_ROLE_ADOPTED };

	return border(ret, &making, &foreign);
}

DEED_EXPORT int deed_trap_static(struct deed_owner *ret, const void *data, size_t count, const void *frame,
				 const struct deed_site *at)
{
	struct making making = { .at = at, .frame = frame,
				 .base = (void *)(uintptr_t)data, .count = count,
				 .kind = DEED_KIND_STATIC, .role = DEED_ROLE_ADOPTED };

	return border(ret, &making, NULL);
}

/* ---- moving --------------------------------------------------------------------------------- */

/* A live cell that ran out of generations goes on in a fresh row, with its story's start. The caller
 * holds the old row's shard lock and gets 0 or the new slot; no memory for a row stops the process,
 * for a move cannot fail. */
static uint32_t fresh_row(struct deed_cell *old, uint32_t old_slot)
{
	uint32_t slot;
	struct deed_cell *const cell = deed_cell_take((enum deed_kind)old->kind, deed_cell_bytes(old), &slot);
	const uint64_t id = old->id;
	uint64_t generation;

	if (!cell)
		deed_ledger_stops("no row for a buffer whose generations are used up");
	generation = deed_word_generation(deed_cell_word(cell));
	cell->base = old->base;
	cell->count = old->count;
	cell->element_bytes = old->element_bytes;
	cell->align_log2 = old->align_log2;
	cell->flags = old->flags;
	cell->id = id;
	deed_cell_event(cell, (enum deed_role)(old->event_who[0] >> 24), old->event_site[0],
			old->event_stack[0], generation, old->event_who[0] & 0xffffff);
	deed_near_take(old, old_slot);
	old->is_live = 0;
	old->quick_len = SIZE_MAX;
	cell->is_live = 1;
	set_quick(cell);
	deed_near_put(cell, slot);
	deed_cell_give(old, old_slot); /* retired: only counted */
	return slot;
}

DEED_EXPORT void deed_trap_move(struct deed_owner *to, struct deed_owner *from, const char *to_text, const void *frame,
				const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding = NULL;
	struct deed_cell *cell;
	uint64_t generation;
	uint32_t slot;
	size_t len;

	if (!me) {
		deed_reentered(at, frame);
		return;
	}
	slot = deed_owner_open(me, from, DEED_USE_ANY, frame, at, &finding);
	if (!slot) {
		deed_raise(me, finding);
		return;
	}
	cell = deed_cell_at(slot);
	if (to == from) {
		deed_shard_give(slot);
		deed_leave(me);
		return;
	}
	if (deed_cell_word(cell) & DEED_CELL_LENT) {
		finding = deed_owner_is_lent(me, slot, DEED_E06, "moved", frame, at);
		deed_shard_give(slot);
		deed_raise(me, finding);
		return;
	}
	deed_shard_give(slot);
	if (!is_free_target(me, to, "moving into", frame, at))
		return;

	slot = deed_owner_open(me, from, DEED_USE_ANY, frame, at, &finding);
	if (!slot) { /* another thread was first */
		deed_raise(me, finding);
		return;
	}
	generation = deed_word_generation(deed_cell_word(cell));
	len = cell->count;
	deed_handle_set(from, DEED_TAG_MOVED, slot, generation, 0);
	deed_cell_event(cell, DEED_ROLE_MOVED, at,
			deed_stack_keep(frame, me->stack_lo, me->stack_hi), generation, me->id);
	if (deed_cell_bump(cell)) {
		cell->home = to;
		cell->name = to_text;
		deed_handle_set(to, DEED_TAG_LIVE, slot, generation + 1, len);
		deed_shard_give(slot);
	} else {
		const uint32_t next = fresh_row(cell, slot);

		deed_shard_give(slot);
		cell = deed_cell_at(next);
		cell->home = to;
		cell->name = to_text;
		deed_handle_set(to, DEED_TAG_LIVE, next,
				deed_word_generation(deed_cell_word(cell)), len);
	}
	deed_leave(me);
}

/* The cell that a handle owns gets the handle's new home; E06 if it is lent. */
static bool rehome(struct deed_thread *me, const struct deed_owner *owner,
		   const struct deed_owner *home, const char *text, const void *frame,
		   const struct deed_site *at, bool commit)
{
	struct deed_finding *finding = NULL;
	uint32_t slot;

	if (deed_word_tag(deed_handle_word(owner)) != DEED_TAG_LIVE)
		return true;
	slot = deed_owner_open(me, owner, DEED_USE_ANY, frame, at, &finding);
	if (slot && !commit && (deed_cell_word(deed_cell_at(slot)) & DEED_CELL_LENT))
		finding = deed_owner_is_lent(me, slot, DEED_E06, "swapped", frame, at);
	if (slot && commit) {
		deed_cell_at(slot)->home = home;
		deed_cell_at(slot)->name = text;
	}
	if (slot)
		deed_shard_give(slot);
	if (!finding)
		return true;
	deed_raise(me, finding);
	return false;
}

DEED_EXPORT void deed_trap_swap(struct deed_owner *a, struct deed_owner *b, const char *b_text, const void *frame,
				const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	const struct deed_owner was = *a;

	if (!me) {
		deed_reentered(at, frame);
		return;
	}
	if (!rehome(me, a, b, b_text, frame, at, false) ||
	    !rehome(me, b, a, at->text, frame, at, false))
		return;
	(void)rehome(me, a, b, b_text, frame, at, true);
	(void)rehome(me, b, a, at->text, frame, at, true);
	*a = *b;
	*b = was;
	deed_leave(me);
}

/* ---- ending --------------------------------------------------------------------------------- */

static void end_memory(struct ended ended)
{
	struct deed_foreign foreign;

	if (ended.kind == DEED_KIND_HEAP)
		free(ended.base);
	else if (ended.kind == DEED_KIND_FOREIGN && deed_foreign_take(ended.base, &foreign))
		deed_foreign_end(&foreign);
}

static struct deed_finding *is_static(struct deed_thread *me, uint32_t slot, const char *what,
				      const void *frame, const struct deed_site *at)
{
	const struct deed_plain name = deed_plain(at->text);
	struct deed_finding *const finding = deed_finding_begin(me, DEED_E18, at, frame);

	deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ADOPTED);
	deed_finding_say(finding, "`%s` is static data: it can be borrowed, not %s", name.text, what);
	return finding;
}

/* Drop, settle and release are one thing up to what becomes of the memory. */
static bool end_owner(struct deed_owner *owner, enum deed_role role, const char *what, bool settles,
		      const void *frame, const struct deed_site *at, struct ended *ret_ended)
{
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding = NULL;
	uint32_t slot;

	if (!me) {
		deed_reentered(at, frame);
		return false;
	}
	slot = deed_owner_open(me, owner, DEED_USE_DROP, frame, at, &finding);
	if (slot) {
		const struct deed_cell *const cell = deed_cell_at(slot);

		if (cell->kind == DEED_KIND_STATIC && !settles)
			finding = is_static(me, slot, what, frame, at);
		else if (deed_cell_word(cell) & DEED_CELL_LENT)
			finding = deed_owner_is_lent(me, slot, DEED_E08, what, frame, at);
		if (!finding) {
			*ret_ended = leave_cell(me, owner, slot, role, frame, at);
			deed_leave(me);
			return true;
		}
		deed_shard_give(slot);
	}
	deed_raise(me, finding);
	return false;
}

DEED_EXPORT void deed_trap_drop(struct deed_owner *owner, const void *frame, const struct deed_site *at)
{
	struct ended ended;

	if (deed_handle_word(owner) &&
	    end_owner(owner, DEED_ROLE_DROPPED, "dropped", false, frame, at, &ended))
		end_memory(ended);
}

DEED_EXPORT void deed_trap_settle(struct deed_owner *owner, const void *frame, const struct deed_site *at)
{
	struct ended ended;

	if (deed_trap_owns(owner) &&
	    end_owner(owner, DEED_ROLE_DROPPED, "dropped", true, frame, at, &ended))
		end_memory(ended);
}

DEED_EXPORT void *deed_trap_release(struct deed_owner *owner, const void *frame, const struct deed_site *at)
{
	struct deed_foreign foreign;
	struct ended ended;

	if (!end_owner(owner, DEED_ROLE_RELEASED, "released", false, frame, at, &ended))
		return NULL;
	if (ended.kind == DEED_KIND_FOREIGN)
		(void)deed_foreign_take(ended.base, &foreign);
	return ended.base;
}

/* ---- resizing ------------------------------------------------------------------------------- */

/* The new memory is there; the old comes back through *ret_ended. Under the shard lock. */
static void change_memory(struct deed_thread *me, struct deed_owner *owner, uint32_t slot,
			  void *base, size_t count, const void *frame, const struct deed_site *at,
			  struct ended *ret_ended)
{
	struct deed_cell *cell = deed_cell_at(slot);
	const uint64_t generation = deed_word_generation(deed_cell_word(cell));

	ret_ended->base = cell->base;
	ret_ended->kind = (enum deed_kind)cell->kind;
	deed_near_take(cell, slot);
	deed_cell_resized(deed_cell_bytes(cell), count * cell->element_bytes);
	cell->base = base;
	cell->count = count;
	cell->kind = DEED_KIND_HEAP;
	set_quick(cell);
	deed_near_put(cell, slot);
	deed_cell_event(cell, DEED_ROLE_RESIZED, at,
			deed_stack_keep(frame, me->stack_lo, me->stack_hi), generation, me->id);
	if (!deed_cell_bump(cell)) {
		slot = fresh_row(cell, slot);
		deed_cell_at(slot)->home = owner;
		deed_cell_at(slot)->name = cell->name;
		cell = deed_cell_at(slot);
	}
	deed_handle_set(owner, DEED_TAG_LIVE, slot, deed_word_generation(deed_cell_word(cell)),
			count);
}

/* What resize needs to know before it may allocate; 0, or a negative errno after a report. */
static int open_resize(struct deed_thread *me, struct deed_owner *owner, const void *frame,
		       const struct deed_site *at, uint32_t *ret_slot)
{
	struct deed_finding *finding = NULL;
	const uint32_t slot = deed_owner_open(me, owner, DEED_USE_ANY, frame, at, &finding);

	if (slot) {
		const struct deed_cell *const cell = deed_cell_at(slot);

		if (cell->kind == DEED_KIND_STATIC)
			finding = is_static(me, slot, "resized", frame, at);
		else if (deed_cell_word(cell) & DEED_CELL_LENT)
			finding = deed_owner_is_lent(me, slot, DEED_E07, "resized", frame, at);
		if (finding)
			deed_shard_give(slot);
	}
	if (finding) {
		deed_raise(me, finding);
		return -EPERM;
	}
	*ret_slot = slot;
	return 0;
}

DEED_EXPORT int deed_trap_resize(struct deed_owner *owner, size_t count, const void *frame, const struct deed_site *at)
{
	struct deed_thread *me = deed_enter();
	struct deed_finding *finding = NULL;
	struct ended ended;
	size_t bytes, old_bytes, align;
	uint32_t slot;
	void *base;
	int err;

	if (!me) {
		deed_reentered(at, frame);
		return -EPERM;
	}
	/* The same length is no resize, lent or not; but the handle must be good. */
	slot = deed_owner_open(me, owner, DEED_USE_ANY, frame, at, &finding);
	if (!slot) {
		deed_raise(me, finding);
		return -EPERM;
	}
	old_bytes = deed_cell_bytes(deed_cell_at(slot));
	align = (size_t)1 << deed_cell_at(slot)->align_log2;
	if (deed_cell_at(slot)->kind == DEED_KIND_FOREIGN)
		align = deed_max(at->element_align, LEAST_ALIGN);
	err = deed_cell_at(slot)->count == count;
	deed_shard_give(slot);
	if (err) {
		deed_leave(me);
		return 0;
	}
	err = open_resize(me, owner, frame, at, &slot);
	if (err)
		return err;
	deed_shard_give(slot);
	deed_leave(me);
	if (__builtin_mul_overflow(count, at->element_bytes, &bytes) || count > DEED_LEN_MAX)
		return -EOVERFLOW;
	base = allocate(bytes, align, false);
	if (!base)
		return -ENOMEM;

	me = deed_enter();
	err = open_resize(me, owner, frame, at, &slot); /* another thread may have been here */
	if (err) {
		free(base);
		return err;
	}
	if (deed_min(bytes, old_bytes))
		memcpy(base, deed_cell_at(slot)->base, deed_min(bytes, old_bytes));
	change_memory(me, owner, slot, base, count, frame, at, &ended);
	deed_shard_give(slot);
	deed_leave(me);
	end_memory(ended);
	return 0;
}

/* ---- asking --------------------------------------------------------------------------------- */

DEED_EXPORT int deed_trap_owns(const struct deed_owner *owner)
{
	const uint64_t handle = deed_handle_word(owner);
	const struct deed_cell *const cell = deed_cell_at(deed_word_slot(handle));

	return deed_word_tag(handle) == DEED_TAG_LIVE && cell &&
	       deed_word_generation(handle) == deed_word_generation(deed_cell_word(cell)) &&
	       __atomic_load_n(&cell->is_live, __ATOMIC_RELAXED);
}

DEED_EXPORT size_t deed_trap_len(const struct deed_owner *owner, const void *frame, const struct deed_site *at)
{
	struct deed_thread *me;
	struct deed_finding *finding = NULL;
	uint32_t slot;

	if (!deed_handle_word(owner))
		return 0;
	me = deed_enter();
	if (!me) {
		deed_reentered(at, frame);
		return 0;
	}
	slot = deed_owner_open(me, owner, DEED_USE_BY_VALUE, frame, at, &finding);
	if (!slot) {
		deed_raise(me, finding);
		return 0;
	}
	deed_shard_give(slot);
	deed_leave(me);
	return owner->len;
}

DEED_EXPORT void deed_trap_immortal(struct deed_owner *owner, const void *frame, const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding = NULL;
	uint32_t slot;

	if (!me) {
		deed_reentered(at, frame);
		return;
	}
	slot = deed_owner_open(me, owner, DEED_USE_ANY, frame, at, &finding);
	if (!slot) {
		deed_raise(me, finding);
		return;
	}
	deed_cell_at(slot)->flags |= DEED_CELL_IMMORTAL;
	deed_shard_give(slot);
	deed_leave(me);
}
