/* SPDX-License-Identifier: MIT
 *
 * lib/trap/soa.c - columns, as the ledger sees them.
 *
 * To it they are one buffer, whose elements are rows without gaps, as many as there is room
 * for; so that who makes, moves and ends them is an owner as any other. What is lent is a
 * region of that buffer. Its site has the type of the column, and its text names both, so
 * that a report says `ps.x` (plain.c) and counts in elements of x (deed_loan_scale()).
 *
 * How many rows there are, the handle alone knows. So another number of rows is another
 * generation, whether there was room or not, and a bit copy of the handle, which has the old
 * number, is stale at once and not only when the columns have moved.
 */
#include <errno.h>
#include <string.h>

#include "../columns.h"
#include "conflict.h"
#include "deed/own.h"
#include "grant.h"
#include "history.h"
#include "life.h"
#include "owner.h"
#include "resize.h"
#include "shard.h"
#include "stack.h"

/* The top bits of a length say where the memory came from. */
static size_t capacity_of(const struct deed_soa *soa)
{
	return soa->owner.len & DEED_LEN_MAX;
}

DEED_EXPORT int deed_trap_soa_new(struct deed_soa *ret, size_t count, int zeroed, const void *frame,
				  const struct deed_site *at)
{
	size_t capacity;
	uint32_t slot;
	int err;

	if (deed_columns_room(count, at->element_bytes, &capacity))
		return -EOVERFLOW;
	err = deed_trap_new(&ret->owner, capacity, DEED_COLUMN_ALIGN, zeroed, frame, at);
	if (err)
		return err;
	slot = deed_word_slot(deed_handle_word(&ret->owner));
	deed_shard_take(slot);
	deed_cell_at(slot)->flags |= DEED_CELL_COLUMNS;
	deed_shard_give(slot);
	deed_show_write(&ret->len, sizeof ret->len, frame);
	ret->len = count;
	return 0;
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* What a verb wants of rows: `count` of them from `first` on. */
struct want {
	const struct deed_soa *soa;
	size_t first, count;
	bool writing;
	const struct deed_columns *columns;
	const void *frame;
	const struct deed_site *at;
};

static struct deed_finding *no_row(struct deed_thread *me, uint32_t cell, const struct want *want)
{
	const struct deed_plain name = deed_plain(want->at->text);
	struct deed_finding *const finding =
		deed_finding_begin(me, DEED_E15, want->at, want->frame);

	deed_finding_does(finding, want->writing ? "written" : "read", false);
	deed_finding_cell(finding, cell);
	deed_finding_event(finding, cell, 0, DEED_ROLE_ALLOCATED);
	deed_finding_misses(finding, want->first, want->first + 1, want->soa->len, "row");
	deed_finding_say(finding, "row %zu of `%s` is asked for, but it has %zu rows", want->first,
			 name.text, want->soa->len);
	return finding;
}

/* A loan that the use of these rows meets; 0 if none. Columns are lent as regions of the owner, and
 * so is what is lent of them by address. */
static uint32_t loan_in_the_way(const struct deed_cell *cell, const struct want *want)
{
	struct deed_column column = { 0 };
	uint32_t loan = 0;

	while (!loan && want->count && deed_column_next(want->columns, &column)) {
		const struct deed_region region = { cell->count * column.packed +
							    want->first * column.size,
						    want->count * column.size, 0, 1 };

		loan = deed_child_in_the_way(cell->regions, region, want->writing);
	}
	return loan;
}

static struct deed_finding *row_is_lent(struct deed_thread *me, uint32_t cell, uint32_t loan,
					const struct want *want)
{
	const struct deed_plain name = deed_plain(want->at->text);
	const struct deed_plain column = deed_plain(deed_loan_at(loan)->site->text);
	struct deed_finding *const finding =
		deed_finding_begin(me, DEED_E13, want->at, want->frame);

	deed_finding_does(finding, want->writing ? "written" : "read", false);
	deed_finding_cell(finding, cell);
	deed_finding_loan(finding, loan);
	deed_finding_event(finding, cell, 0, DEED_ROLE_ALLOCATED);
	if (want->count == 1)
		deed_finding_say(finding, "row %zu of `%s` is %s here, but `%s` is lent",
				 want->first, name.text, want->writing ? "written" : "read",
				 column.text);
	else
		deed_finding_say(finding, "the rows of `%s` are read here, but `%s` is lent",
				 name.text, column.text);
	return finding;
}

/* What a part does with these rows of a column. */
static struct deed_act act_of(uint32_t slot, const struct want *want,
			      const struct deed_column *column)
{
	const size_t first = deed_cell_at(slot)->count * column->packed;

	return (struct deed_act){
		.at = want->at,
		.frame = want->frame,
		.cell = slot,
		.role = want->writing ? DEED_ROLE_LENT_INOUT : DEED_ROLE_LENT_BORROWED,
		.verb = want->writing ? "written" : "read",
		.by_row = true,
		.region = { first + want->first * column->size, want->count * column->size, 0, 1 },
		.scale = { first, column->size }
	};
}

/* E19 of these rows, in any column: another part has had them. */
static struct deed_finding *had_by_another(struct deed_thread *me, uint32_t slot,
					   const struct want *want)
{
	struct deed_finding *finding = NULL;
	struct deed_column column = { 0 };

	/* One column that is lent above keeps the part from all of the row. */
	while (want->count && deed_column_next(want->columns, &column)) {
		const struct deed_act act = act_of(slot, want, &column);

		if (deed_history_is_lent_above(me, &act))
			return NULL;
	}
	column = (struct deed_column){ 0 };
	while (!finding && want->count && deed_column_next(want->columns, &column)) {
		const struct deed_act act = act_of(slot, want, &column);

		finding = deed_history_note(me, &act);
	}
	return finding;
}

/* The base of the columns, after the right to the rows was checked; null after a fault. The copy
 * that follows is outside the ledger: verbs on one owner need the program's own order. */
static void *rows_of(const struct want *want)
{
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding = NULL;
	uint32_t slot, loan;
	void *base = NULL;

	if (!me) {
		deed_reentered(want->at, want->frame);
		return NULL;
	}
	deed_task_see(me, want->frame, want->at);
	deed_show_read(want->soa, sizeof *want->soa, want->frame);
	slot = deed_owner_open(me, &want->soa->owner, DEED_USE_ANY, want->frame, want->at,
			       &finding);
	if (slot) {
		const struct deed_cell *const cell = deed_cell_at(slot);

		if (want->count && want->first >= want->soa->len)
			finding = no_row(me, slot, want);
		else if (deed_is_in_team(me) && (finding = had_by_another(me, slot, want)))
			base = NULL;
		else if ((loan = loan_in_the_way(cell, want)))
			finding = row_is_lent(me, slot, loan, want);
		else
			base = cell->base;
		deed_shard_give(slot);
	}
	if (finding)
		deed_raise(me, finding);
	else
		deed_leave(me);
	return base;
}

DEED_EXPORT void deed_trap_soa_get(const struct deed_soa *soa, size_t index, void *row,
				   const struct deed_columns *columns, const void *frame,
				   const struct deed_site *at)
{
	const struct want want = { soa, index, 1, false, columns, frame, at };
	const void *const base = rows_of(&want);

	if (base)
		deed_columns_get(columns, base, capacity_of(soa), index, row, 1);
	else
		memset(row, 0, columns->padded_bytes);
}

DEED_EXPORT void deed_trap_soa_set(const struct deed_soa *soa, size_t index, const void *row,
				   const struct deed_columns *columns, const void *frame,
				   const struct deed_site *at)
{
	const struct want want = { soa, index, 1, true, columns, frame, at };
	void *const base = rows_of(&want);

	if (base)
		deed_columns_put(columns, base, capacity_of(soa), index, row, 1);
}

DEED_EXPORT void deed_trap_soa_to(const struct deed_soa *soa, void *rows,
				  const struct deed_columns *columns, const void *frame,
				  const struct deed_site *at)
{
	const struct want want = { soa, 0, soa->len, false, columns, frame, at };
	const void *const base = rows_of(&want);

	if (base)
		deed_columns_get(columns, base, capacity_of(soa), 0, rows, soa->len);
}

DEED_EXPORT int deed_trap_soa_from(struct deed_soa *ret, const void *rows, size_t count,
				   const struct deed_columns *columns, const void *frame,
				   const struct deed_site *at)
{
	const int err = deed_trap_soa_new(ret, count, 0, frame, at);
	const struct want want = { ret, 0, 0, true, columns, frame, at };

	if (!err)
		deed_columns_put(columns, rows_of(&want), capacity_of(ret), 0, rows, count);
	return err;
}

/* ---- length --------------------------------------------------------------------------------- */

/* What changes the number of rows, and how many there is to be room for. */
struct growth {
	size_t count, room;
	enum deed_owner_use use;
	const struct deed_columns *columns;
	const void *frame;
	const struct deed_site *at;
};

/* The handles that know the old number of rows are stale; this one is not. Under the shard lock. */
static void make_copies_stale(struct deed_thread *me, struct deed_owner *owner, uint32_t slot,
			      uint32_t stack, const struct deed_site *at)
{
	struct deed_cell *cell = deed_cell_at(slot);
	const uint64_t generation = deed_word_generation(deed_cell_word(cell));
	const uint32_t was = slot;

	deed_cell_event_again(cell, DEED_ROLE_RESIZED, at, stack, generation, me->id);
	if (!deed_cell_bump(cell)) {
		slot = deed_life_fresh_row(cell, slot);
		deed_cell_at(slot)->home = cell->home;
		deed_cell_at(slot)->name = cell->name;
		cell = deed_cell_at(slot);
	}
	deed_handle_set(owner, DEED_TAG_LIVE, slot, deed_word_generation(deed_cell_word(cell)),
			deed_cell_len(cell));
	if (deed_is_in_team(me))
		deed_history_goes_on(me, was, generation, slot, at);
}

/* Whether the owner may change, and has room; the handle has its new length if both. 1 if there is
 * no room, a negative errno after a fault. */
static int grow_in_place(struct deed_soa *soa, const struct growth *growth)
{
	struct deed_thread *const me = deed_enter();
	struct deed_finding *finding = NULL;
	const struct deed_site *const at = growth->at;
	const void *const frame = growth->frame;
	uint32_t slot, stack;
	bool fits;

	if (!me) {
		deed_reentered(at, frame);
		return -EPERM;
	}
	fits = growth->room <= capacity_of(soa);
	/* The same length is no resize, lent or not; but the handle must be good. */
	if (fits && growth->count == soa->len) {
		slot = deed_owner_open(me, &soa->owner, growth->use, frame, at, &finding);
		if (slot)
			deed_shard_give(slot);
	} else {
		stack = fits ? deed_stack_keep(frame, me->stack_lo, me->stack_hi) : 0;
		slot = deed_owner_open_unlent(me, &soa->owner, growth->use, frame, at, &finding);
		if (slot && fits) {
			make_copies_stale(me, &soa->owner, slot, stack, at);
			deed_shard_give(slot);
		} else if (slot) {
			deed_owner_close(slot);
		}
	}
	if (!slot) {
		deed_raise(me, finding);
		return -EPERM;
	}
	deed_show_write(soa, sizeof *soa, frame);
	if (fits)
		soa->len = growth->count;
	deed_leave(me);
	return !fits;
}

static int grow(struct deed_soa *soa, const struct growth *growth)
{
	const struct deed_rows rows = { growth->columns, soa->len };
	int err = grow_in_place(soa, growth);
	size_t capacity;

	if (err <= 0)
		return err;
	err = deed_columns_more(growth->room, capacity_of(soa), growth->at->element_bytes,
				&capacity);
	if (!err)
		err = deed_resize_memory(&soa->owner, capacity, &rows, growth->frame, growth->at);
	if (!err)
		soa->len = growth->count;
	return err;
}

DEED_EXPORT int deed_trap_soa_resize(struct deed_soa *soa, size_t count, size_t room,
				     const struct deed_columns *columns, const void *frame,
				     const struct deed_site *at)
{
	const struct growth growth = { count, room, DEED_USE_RESIZE, columns, frame, at };

	return grow(soa, &growth);
}

DEED_EXPORT int deed_trap_soa_push(struct deed_soa *soa, const void *row,
				   const struct deed_columns *columns, const void *frame,
				   const struct deed_site *at)
{
	const size_t len = soa->len;
	const struct growth growth = { len + 1, len + 1, DEED_USE_PUSH, columns, frame, at };
	const int err = grow(soa, &growth);

	if (!err)
		deed_trap_soa_set(soa, len, row, columns, frame, at);
	return err;
}

/* ---- columns -------------------------------------------------------------------------------- */

DEED_EXPORT struct deed_grant deed_trap_soa_lend(const struct deed_soa *soa, size_t before,
						 unsigned flags, const void *frame,
						 const struct deed_site *soa_at,
						 const struct deed_site *at)
{
	/* Of a handle that is none, the capacity is anything; it is looked at first. */
	const struct deed_region column = { capacity_of(soa) * before, soa->len * at->element_bytes,
					    0, 1 };
	const struct deed_lent lent = { &soa->owner, soa_at, NULL, &column };
	struct deed_thread *const me = deed_enter();

	if (!me) {
		deed_reentered(at, frame);
		return deed_refused(deed_self, NULL, 0);
	}
	deed_show_read(&soa->len, sizeof soa->len, frame);
	return deed_lend_slowly(me, &lent, flags, frame, at);
}
