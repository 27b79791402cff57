/* SPDX-License-Identifier: MIT
 *
 * lib/trap/make.c - owners come into being: new, from, clone, adopt, static.
 *
 * The target is looked at first (E02), the memory made outside the ledger, and only then
 * entered; if that fails, the memory goes and the target is as it was. An adoption is made
 * under the lock of raw lends, for the memory may be lent by address already.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../foreign.h"
#include "deed/own.h"
#include "end.h"
#include "given.h"
#include "history.h"
#include "hot_region.h"
#include "life.h"
#include "near.h"
#include "owner.h"
#include "quarantine.h"
#include "raw.h"
#include "shard.h"
#include "slots.h"
#include "stack.h"
#include "tree.h"
#include "unfit.h"

static const char making_new[] = "making a new buffer for";

/* Memory, and a row for it. -ENOMEM if one of them is not to be had. */
static int give_memory(struct deed_owner *ret, const void *source, struct deed_making *making,
		       size_t bytes, bool zeroed)
{
	const struct deed_memory memory = deed_memory_new(making->kind, bytes, making->align,
							  making->at->element_bytes, zeroed);
	struct deed_thread *me;
	int err;

	making->base = memory.base;
	making->is_walled = memory.is_walled;
	if (!making->base)
		return -ENOMEM;
	if (source && bytes)
		memcpy(making->base, source, bytes);
	else if (!zeroed)
		deed_fresh_set(making->base, bytes);
	me = deed_enter();
	making->stack = deed_stack_keep(making->frame, me->stack_lo, me->stack_hi);
	err = deed_life_enter(me, ret, making);
	if (!err)
		deed_life_is_noted(me, ret, making);
	deed_leave(me);
	if (err)
		deed_memory_free(memory);
	return err;
}

static int make(struct deed_owner *ret, const void *source, struct deed_making *making, bool zeroed,
		const char *doing)
{
	struct deed_thread *const me = deed_enter_to_make(ret, doing, making->frame, making->at);
	size_t bytes;
	int err;

	if (!me)
		return -EPERM;
	deed_leave(me);
	if (__builtin_mul_overflow(making->count, making->at->element_bytes, &bytes))
		return -EOVERFLOW;
	/* As in a release build, where the allocator refuses so many bytes, if there are any. */
	if (making->count > DEED_LEN_MAX)
		return making->at->element_bytes ? -ENOMEM : -EOVERFLOW;
	making->align =
		deed_max(making->align, deed_max(making->at->element_align, DEED_LEAST_ALIGN));
	err = give_memory(ret, source, making, bytes, zeroed);
	if (err && deed_quarantine_empty())
		err = give_memory(ret, source, making, bytes, zeroed);
	return err;
}

DEED_EXPORT int deed_trap_new(struct deed_owner *ret, size_t count, size_t align, int zeroed,
			      const void *frame, const struct deed_site *at)
{
	struct deed_making making = { .at = at,
				      .frame = frame,
				      .count = count,
				      .align = align,
				      .kind = DEED_KIND_HEAP,
				      .role = DEED_ROLE_ALLOCATED };

	return deed_hot_made(make(ret, NULL, &making, zeroed, making_new), ret, DEED_ROLE_ALLOCATED,
			     frame, at);
}

DEED_EXPORT int deed_trap_from(struct deed_owner *ret, const void *source, size_t count,
			       const void *frame, const struct deed_site *at)
{
	struct deed_making making = { .at = at,
				      .frame = frame,
				      .count = count,
				      .kind = DEED_KIND_HEAP,
				      .role = DEED_ROLE_ALLOCATED };

	return deed_hot_made(make(ret, source, &making, false, "making a copy for"), ret,
			     DEED_ROLE_ALLOCATED, frame, at);
}

/* What is cloned is borrowed while it is copied, outside the ledger: another thread that asks to
 * write it meanwhile is told so. 0 and no finding if it is nothing. Under the shard lock. */
static uint64_t borrow_to_read(struct deed_thread *me, uint32_t slot, const void *frame,
			       const struct deed_site *at, struct deed_finding **ret_finding)
{
	const struct deed_ask ask = { .at = at,
				      .frame = frame,
				      .cell = slot,
				      .is_unnoted = true,
				      .region = { 0, deed_cell_bytes(deed_cell_at(slot)), 0, 1 } };
	struct deed_act act = deed_act_of_all(slot, DEED_ROLE_LENT_BORROWED, at, frame);
	uint64_t loan;

	if (!ask.region.width)
		return 0;
	act.verb = "cloned";
	if (deed_is_in_team(me) && (*ret_finding = deed_history_note(me, &act)))
		return 0;
	loan = deed_admit_whole(me, &ask, NULL);
	if (!loan)
		*ret_finding = deed_owner_is_lent(me, slot, DEED_USE_CLONE, frame, at);
	return loan;
}

static void end_reading(uint64_t loan, const struct deed_site *at)
{
	struct deed_thread *const me = deed_enter();

	if (deed_end_loan(me, loan, 0, at))
		deed_slot_give(me, deed_loan_slot(loan));
	deed_leave(me);
}

DEED_EXPORT int deed_trap_clone(struct deed_owner *ret, const struct deed_owner *source,
				const struct deed_site *ret_at, const void *frame,
				const struct deed_site *at)
{
	struct deed_making making = {
		.at = ret_at, .frame = frame, .kind = DEED_KIND_HEAP, .role = DEED_ROLE_ALLOCATED
	};
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding = NULL;
	const void *data = NULL;
	uint64_t loan = 0;
	uint32_t slot;
	char doing[96];
	int err;

	if (!me) {
		deed_reentered(at, frame);
		return -EPERM;
	}
	deed_task_see(me, frame, at);
	slot = deed_owner_open(me, source, DEED_USE_CLONE, frame, at, &finding);
	if (slot) {
		loan = borrow_to_read(me, slot, frame, at, &finding);
		data = deed_cell_at(slot)->base;
		making.count = deed_cell_at(slot)->count;
		deed_shard_give(slot);
	}
	if (finding) {
		deed_raise(me, finding);
		return -EPERM;
	}
	deed_leave(me);
	snprintf(doing, sizeof doing, "cloning `%s` into", deed_plain(at->text).text);
	err = make(ret, data, &making, false, doing);
	if (loan)
		end_reading(loan, at);
	return deed_hot_made(err, ret, DEED_ROLE_ALLOCATED, frame, ret_at);
}

/* What an adoption finds at its base. Static data may have any number of owners, which need no
 * drop: one whose handle was a variable that is now `ret` has gone out of scope. */
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

	if (!cell->is_live || cell->kind == DEED_KIND_RAW || (cell->flags & DEED_CELL_BLOCK) ||
	    cell->base != look->base)
		return true;
	if (cell->kind == DEED_KIND_STATIC && look->kind == DEED_KIND_STATIC)
		look->out_of_scope = cell->home == look->ret ? slot : look->out_of_scope;
	else
		look->in_the_way = slot;
	return !look->in_the_way;
}

/* E18: what is adopted has an owner. */
static struct deed_finding *has_owner(struct deed_thread *me, const struct deed_making *making,
				      uint32_t slot)
{
	struct deed_finding *const finding =
		deed_finding_begin(me, DEED_E18, making->at, making->frame);
	const struct deed_cell *const cell = deed_cell_at(slot);

	deed_finding_does(finding, "adopted", false);
	deed_shard_take(slot);
	deed_finding_cell(finding, slot);
	deed_finding_event(finding, slot, 0, DEED_ROLE_ALLOCATED);
	deed_finding_say(finding, "the memory at %p is %s: `%s` owns it", making->base,
			 cell->kind == DEED_KIND_FOREIGN ? "adopted here a second time"
							 : "a buffer already",
			 deed_plain(cell->name).text);
	deed_shard_give(slot);
	return finding;
}

/* Memory that is there already becomes a buffer. `given`, if an allocator gave it, else null. */
static int border(struct deed_owner *ret, struct deed_making *making,
		  const struct deed_foreign *foreign, struct deed_given *given, const char *doing)
{
	struct deed_thread *const me = deed_enter_to_make(ret, doing, making->frame, making->at);
	const size_t bytes = making->count * making->at->element_bytes;
	struct same_base look = { .base = making->base, .ret = ret, .kind = making->kind };
	struct deed_finding *finding = NULL;
	int err;

	if (!me)
		return -EPERM;
	if (!making->align)
		making->align = (size_t)1
				<< deed_min((size_t)__builtin_ctzl((uintptr_t)making->base), 21);
	making->stack = deed_stack_keep(making->frame, me->stack_lo, me->stack_hi);
	deed_raw_lock();
	if (!given)
		deed_near_search((uintptr_t)making->base,
				 (uintptr_t)making->base + deed_max(bytes, 1), see_same_base,
				 &look);
	if (look.in_the_way)
		finding = has_owner(me, making, look.in_the_way);
	else if (given && !deed_given_is_fit(given))
		finding = deed_given_finding(me, given, making->at, making->frame);
	if (finding) {
		deed_raw_unlock();
		deed_raise(me, finding);
		return -EPERM;
	}
	if (look.out_of_scope) {
		struct deed_owner gone;
		struct deed_ended ended; /* nothing to end: it is static */

		deed_shard_take(look.out_of_scope);
		/* What is still lent stays a buffer of its own, until it is adopted again. */
		if (deed_cell_word(deed_cell_at(look.out_of_scope)) & DEED_CELL_LENT)
			deed_shard_give(look.out_of_scope);
		else
			deed_life_leave(me, &gone, look.out_of_scope, DEED_ROLE_DROPPED, 0,
					making->at, &ended);
	}
	err = foreign ? deed_foreign_put(foreign) : 0;
	if (!err) {
		err = deed_life_enter(me, ret, making);
		if (err && foreign) {
			struct deed_foreign taken;

			(void)deed_foreign_take(foreign->data, &taken);
		}
	}
	if (!err) {
		deed_life_is_noted(me, ret, making);
		deed_raw_meet_new_cell(me, deed_word_slot(deed_handle_word(ret)));
	}
	deed_raw_unlock();
	deed_leave(me);
	return err;
}

DEED_EXPORT int deed_trap_adopt(struct deed_owner *ret, void *data, size_t count,
				void (*deleter)(void *, size_t, void *), void *context,
				const void *frame, const struct deed_site *at)
{
	const struct deed_foreign foreign = { .data = data,
					      .bytes = count * at->element_bytes,
					      .deleter = deleter,
					      .context = context };
	struct deed_making making = { .at = at,
				      .frame = frame,
				      .base = data,
				      .count = count,
				      .kind = DEED_KIND_FOREIGN,
				      .role = DEED_ROLE_ADOPTED };
	static const char doing[] = "adopting into";
	const int err = border(ret, &making, &foreign, NULL, doing);

	return err == -ENOMEM && deed_quarantine_empty()
		       ? border(ret, &making, &foreign, NULL, doing)
		       : err;
}

/* Memory of an allocator, and a row for it. */
static int give_foreign(struct deed_owner *ret, struct deed_making *making,
			const struct deed_allocator *allocator, size_t bytes, bool zeroed)
{
	struct deed_foreign foreign;
	struct deed_given given;
	int err;

	if (!deed_foreign_alloc(&foreign, allocator, bytes, making->align, zeroed))
		return -ENOMEM;
	given = (struct deed_given){
		.allocator = allocator,
		.base = foreign.data,
		.bytes = foreign.bytes,
		.align = foreign.align,
	};
	making->base = foreign.data;
	err = border(ret, making, &foreign, &given, making_new);
	if (!err && !zeroed)
		deed_fresh_set(foreign.data, bytes);
	/* What another owner has is not given back: it would be freed twice. */
	if (err && err != -EEXIST && !given.in_the_way)
		deed_foreign_end(&foreign);
	return err;
}

/* The memory is made between two looks at the target, the second of which enters it: it is looked
 * at as an adoption is, for an allocator may give what is lent by address, or owned, already. */
DEED_EXPORT int deed_trap_new_with(struct deed_owner *ret, const struct deed_allocator *allocator,
				   size_t count, int zeroed, const void *frame,
				   const struct deed_site *at)
{
	struct deed_making making = { .at = at,
				      .frame = frame,
				      .count = count,
				      .align = deed_max(at->element_align, DEED_LEAST_ALIGN),
				      .kind = DEED_KIND_FOREIGN,
				      .role = DEED_ROLE_ALLOCATED };
	struct deed_thread *const me = deed_enter_to_make(ret, making_new, frame, at);
	size_t bytes;
	int err;

	if (!me)
		return -EPERM;
	deed_leave(me);
	if (__builtin_mul_overflow(count, at->element_bytes, &bytes) || count > DEED_LEN_MAX)
		return -EOVERFLOW;
	err = give_foreign(ret, &making, allocator, bytes, zeroed);
	if (err == -ENOMEM && deed_quarantine_empty())
		err = give_foreign(ret, &making, allocator, bytes, zeroed);
	return deed_hot_made(err, ret, DEED_ROLE_ALLOCATED, frame, at);
}

DEED_EXPORT int deed_trap_static(struct deed_owner *ret, const void *data, size_t count,
				 const void *frame, const struct deed_site *at)
{
	struct deed_making making = { .at = at,
				      .frame = frame,
				      .base = (void *)(uintptr_t)data,
				      .count = count,
				      .kind = DEED_KIND_STATIC,
				      .role = DEED_ROLE_ADOPTED };

	return border(ret, &making, NULL, NULL, "adopting into");
}
