/* SPDX-License-Identifier: MIT
 *
 * lib/trap/resize.c - a buffer gets another length, always at another address, so that a raw
 * pointer into the old one is wrong at once and not only under load.
 *
 * The new memory is made outside the ledger, between two looks at the owner: another thread
 * may have been there.
 */
#include <errno.h>
#include <string.h>

#include "../columns.h"
#include "../foreign.h"
#include "deed/own.h"
#include "given.h"
#include "history.h"
#include "hot_region.h"
#include "life.h"
#include "near.h"
#include "owner.h"
#include "quarantine.h"
#include "resize.h"
#include "shard.h"
#include "stack.h"
#include "unfit.h"

/* The new memory is there; the old comes back through *ret_ended. Under the shard lock. */
static void change_memory(struct deed_thread *me, struct deed_owner *owner, uint32_t slot,
			  const struct deed_ended *fresh, size_t count, uint32_t stack,
			  const struct deed_site *at, struct deed_ended *ret_ended)
{
	struct deed_cell *cell = deed_cell_at(slot);
	const bool leaves_arena = cell->kind == DEED_KIND_ARENA;
	const uint64_t its = deed_word_generation(deed_cell_word(cell));
	const uint32_t was = slot;
	uint64_t generation;

	if (leaves_arena) {
		slot = deed_life_leave_arena(me, cell, slot, stack, at, ret_ended);
		cell = deed_cell_at(slot);
	}
	generation = deed_word_generation(deed_cell_word(cell));
	if (cell->flags & DEED_CELL_COLUMNS)
		deed_cell_event_again(cell, DEED_ROLE_RESIZED, at, stack, generation, me->id);
	else
		deed_cell_event(cell, DEED_ROLE_RESIZED, at, stack, generation, me->id);
	if (!leaves_arena)
		deed_life_leave_memory(cell, slot, ret_ended);
	deed_cell_resized(deed_cell_bytes(cell), count * cell->element_bytes);
	cell->base = fresh->memory.base;
	cell->count = count;
	cell->align_log2 = fresh->memory.align_log2;
	cell->kind = (uint8_t)fresh->kind;
	cell->flags = (uint8_t)((cell->flags & ~DEED_CELL_WALLED) |
				(fresh->memory.is_walled ? DEED_CELL_WALLED : 0));
	deed_life_set_quick(cell);
	deed_near_put(cell, slot);
	if (!deed_cell_bump(cell)) {
		slot = deed_life_fresh_row(cell, slot);
		deed_cell_at(slot)->home = owner;
		deed_cell_at(slot)->name = cell->name;
		cell = deed_cell_at(slot);
	}
	deed_handle_set(owner, DEED_TAG_LIVE, slot, deed_word_generation(deed_cell_word(cell)),
			count);
	if (deed_is_in_team(me))
		deed_history_goes_on(me, was, its, slot, at);
}

/* Memory for what is resized: of the allocator that gave the old, which is then in the table of
 * foreign buffers; else ordinary memory. */
static int make_memory(const struct deed_foreign *old, size_t bytes, size_t align,
		       const void *frame, const struct deed_site *at, struct deed_ended *ret)
{
	struct deed_foreign fresh;
	struct deed_given given;
	int err;

	*ret = (struct deed_ended){ .kind = DEED_KIND_HEAP };
	if (!old->allocator) {
		ret->memory = deed_memory_new(ret->kind, bytes, align, at->element_bytes, false);
		return ret->memory.base ? 0 : -ENOMEM;
	}
	if (!deed_foreign_alloc(&fresh, old->allocator, bytes, old->align, false))
		return -ENOMEM;
	given = (struct deed_given){
		.allocator = old->allocator,
		.base = fresh.data,
		.bytes = fresh.bytes,
		.align = fresh.align,
	};
	err = deed_given_is_fit(&given) ? deed_foreign_put(&fresh) : -EPERM;
	if (err && err != -EEXIST && !given.in_the_way)
		deed_foreign_end(&fresh);
	if (err == -EPERM) {
		struct deed_thread *const me = deed_enter();

		deed_raise(me, deed_given_finding(me, &given, at, frame));
	}
	ret->memory.base = fresh.data;
	ret->memory.align_log2 = (uint8_t)__builtin_ctzl(fresh.align);
	ret->kind = DEED_KIND_FOREIGN;
	return err;
}

/* What resize needs to know before it may allocate; 0, or a negative errno after a report. */
static int open_resize(struct deed_thread *me, struct deed_owner *owner, const void *frame,
		       const struct deed_site *at, uint32_t *ret_slot)
{
	struct deed_finding *finding = NULL;
	const uint32_t slot =
		deed_owner_open_unlent(me, owner, DEED_USE_RESIZE, frame, at, &finding);

	if (slot && deed_cell_at(slot)->kind == DEED_KIND_STATIC) {
		finding = deed_owner_is_static(me, slot, DEED_USE_RESIZE, frame, at);
		deed_owner_close(slot);
	}
	if (finding) {
		deed_raise(me, finding);
		return -EPERM;
	}
	*ret_slot = slot;
	return 0;
}

/* The elements that both lengths have; or, of columns, their rows. What is new is fresh. */
static void move_elements(const struct deed_cell *cell, void *to, size_t count,
			  const struct deed_rows *rows)
{
	const size_t bytes = count * cell->element_bytes, old_bytes = deed_cell_bytes(cell);

	if (rows) {
		deed_fresh_set(to, bytes);
		deed_columns_move(rows->columns, to, count, cell->base, cell->count, rows->count);
		return;
	}
	if (deed_min(bytes, old_bytes))
		memcpy(to, cell->base, deed_min(bytes, old_bytes));
	if (bytes > old_bytes)
		deed_fresh_set((char *)to + old_bytes, bytes - old_bytes);
}

int deed_resize_memory(struct deed_owner *owner, size_t count, const struct deed_rows *rows,
		       const void *frame, const struct deed_site *at)
{
	struct deed_thread *me = deed_enter();
	struct deed_finding *finding = NULL;
	struct deed_foreign foreign = { .data = NULL };
	struct deed_ended fresh, ended;
	size_t bytes, align;
	uint32_t slot, stack;
	int err;

	if (!me) {
		deed_reentered(at, frame);
		return -EPERM;
	}
	/* The same length is no resize, lent or not; but the handle must be good. */
	slot = deed_owner_open(me, owner, DEED_USE_RESIZE, frame, at, &finding);
	if (!slot) {
		deed_raise(me, finding);
		return -EPERM;
	}
	align = (size_t)1 << deed_cell_at(slot)->align_log2;
	if (deed_cell_at(slot)->kind == DEED_KIND_FOREIGN ||
	    deed_cell_at(slot)->kind == DEED_KIND_ARENA)
		align = deed_max(at->element_align, DEED_LEAST_ALIGN);
	if (deed_cell_at(slot)->kind == DEED_KIND_FOREIGN)
		(void)deed_foreign_get(deed_cell_at(slot)->base, &foreign);
	err = deed_cell_at(slot)->count == count;
	deed_shard_give(slot);
	if (err) {
		deed_leave(me);
		return 0;
	}
	err = open_resize(me, owner, frame, at, &slot);
	if (err)
		return err;
	deed_owner_close(slot);
	deed_leave(me);
	if (__builtin_mul_overflow(count, at->element_bytes, &bytes) || count > DEED_LEN_MAX)
		return -EOVERFLOW;
	err = make_memory(&foreign, bytes, align, frame, at, &fresh);
	if (err == -ENOMEM && deed_quarantine_empty())
		err = make_memory(&foreign, bytes, align, frame, at, &fresh);
	if (err)
		return err;

	me = deed_enter();
	stack = deed_stack_keep(frame, me->stack_lo, me->stack_hi);
	err = open_resize(me, owner, frame, at, &slot); /* another thread may have been here */
	if (err) {
		deed_life_end_memory(&fresh);
		return err;
	}
	move_elements(deed_cell_at(slot), fresh.memory.base, count, rows);
	finding = deed_life_notice(me, slot, "resized", false, frame, at);
	change_memory(me, owner, slot, &fresh, count, stack, at, &ended);
	ended.noticed = finding;
	deed_shard_give(slot);
	deed_leave(me);
	deed_life_end_memory(&ended);
	return deed_hot_made(0, owner, DEED_ROLE_RESIZED, frame, at);
}

DEED_EXPORT int deed_trap_resize(struct deed_owner *owner, size_t count, const void *frame,
				 const struct deed_site *at)
{
	return deed_resize_memory(owner, count, NULL, frame, at);
}
