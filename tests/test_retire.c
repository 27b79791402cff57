/* SPDX-License-Identifier: MIT
 *
 * tests/test_retire.c - what happens when a slot's generations are used up.
 *
 * A stale handle or view must never match, however old it is. So a slot whose last generation
 * has come is not used again, and a live buffer whose slot that happens to goes on in another.
 * Programs need weeks for that; these tests reach into the tables and make a slot old.
 */
#include "trapped.h"

#include <deed/pool.h>
#include <deed/share.h>
#include <deed/soa.h>

#include "trap/cell.h"
#include "trap/loan.h"
#include "trap/options.h"
#include "trap/task.h"

static void begin(void)
{
	trapped_begin();
	/* so that a slot comes back after few others */
	deed_options.history = 2;
	deed_options.quarantine = 0;
}

TestSuite(retire, .init = begin, .fini = trapped_end, .timeout = 120);

/* More than any slot waits behind. */
enum { TURNS = 20000 };

static uint32_t slot_of(const deed_i32 *owner)
{
	return deed_word_slot(deed_handle_word(&owner->h));
}

static struct deed_cell *cell_of(const deed_i32 *owner)
{
	return deed_cell_at(slot_of(owner));
}

/* Makes the slot of a live buffer so old that it has `left` more generations. */
static void make_old(deed_i32 *owner, uint64_t left)
{
	struct deed_cell *const cell = cell_of(owner);
	const uint64_t generation = DEED_CELL_GENERATION_MAX - left;

	cell->word = generation << DEED_CELL_GENERATION_SHIFT;
	cell->event_generation[0] = (uint32_t)generation;
	deed_handle_set(&owner->h, DEED_TAG_LIVE, slot_of(owner), generation, cell->count);
}

static void make(deed_i32 *owner, uint64_t left)
{
	cr_assert(deed_new(owner, 10) == 0);
	make_old(owner, left);
	{
		DEED_INOUT(v, owner);
		for (size_t i = 0; i < 10; i++)
			deed_at(v, i) = (int32_t)i;
	}
}

static bool is_whole(deed_i32 *owner)
{
	bool right = deed_owns(owner) && deed_len(*owner) == 10;

	DEED_INOUT_PART(v, owner, 5, 10);
	DEED_BORROWED_PART(r, owner, 0, 5);
	for (size_t i = 0; i < 5; i++)
		right &= deed_at(v, i) == (int32_t)i + 5 && deed_at(r, i) == (int32_t)i;
	return right;
}

/* Whether the slot is given out again when buffers are made and dropped. */
static bool comes_back(uint32_t slot)
{
	for (size_t turn = 0; turn < 64; turn++) {
		deed_i32 xs = DEED_EMPTY;
		bool is_the_one;

		cr_assert(deed_new(&xs, 1) == 0);
		is_the_one = slot_of(&xs) == slot;
		deed_drop(&xs);
		if (is_the_one)
			return true;
	}
	return false;
}

/* ---- buffers -------------------------------------------------------------------------------- */

Test(retire, a_slot_is_used_until_its_last_generation_and_never_again)
{
	deed_i32 xs = DEED_EMPTY, old;

	make(&xs, 2);
	old = xs;
	expect_silent(deed_drop(&xs));
	cr_expect(comes_back(slot_of(&old)));
	/* In that turn its last generation came. */
	cr_expect(deed_word_generation(deed_cell_word(cell_of(&old))) == DEED_CELL_GENERATION_MAX);
	cr_expect(!comes_back(slot_of(&old)));
	expect_fault(DEED_E05, deed_drop(&old));
}

DEED_UNCHECKED Test(retire, the_first_and_the_last_handle_of_a_retired_slot_stay_stale)
{
	deed_i32 xs = DEED_EMPTY, last, first;

	make(&xs, 1);
	last = first = xs;
	deed_handle_set(&first.h, DEED_TAG_LIVE, slot_of(&xs), 1, 10);
	deed_drop(&xs);
	cr_expect(!comes_back(slot_of(&last)));
	expect_fault(DEED_E04, (void)deed_borrow(&last));
	cr_expect(trapped_sites(DEED_ROLE_DROPPED, 0) == 1, "%s", trapped.report.text);
	cr_expect(fault_count((void)deed_borrow(&first)) == 1);
	cr_expect(fault_count((void)deed_borrow(&xs)) == 1);
	cr_expect(!deed_owns(&last) && !deed_owns(&first) && !deed_owns(&xs));
}

Test(retire, a_buffer_whose_slot_is_used_up_by_a_move_goes_on_in_another)
{
	deed_i32 xs = DEED_EMPTY, ys = DEED_EMPTY, zs = DEED_EMPTY, copy;
	const struct deed_statistics before = deed_stats();
	struct deed_statistics after;
	uint64_t id;

	make(&xs, 1);
	copy = xs;
	id = cell_of(&xs)->id;
	expect_silent(deed_move(&ys, &xs));
	cr_expect(slot_of(&ys) != slot_of(&xs) && cell_of(&ys)->id == id);
	cr_expect(is_whole(&ys));
	cr_expect(!deed_owns(&xs) && !deed_owns(&copy));
	/* It is one buffer, and was one all the time. */
	after = deed_stats();
	cr_expect(after.live_buffers == 1 && after.live_bytes == 40);
	cr_expect(after.buffers_made == before.buffers_made + 1);
	cr_expect(after.live_bytes_max == deed_max(before.live_bytes_max, 40));
	/* The address finds it. */
	expect_fault(DEED_E09, {
		int32_t *const raw = cell_of(&ys)->base;
		DEED_INOUT(v, &ys);
		DEED_LEND(w, raw, 10);
		(void)v;
	});
	expect_fault(DEED_E03, (void)deed_borrow(&copy));
	cr_expect(trapped_sites(DEED_ROLE_MOVED, 0) == 1, "%s", trapped.report.text);
	cr_expect(fault_count((void)deed_borrow(&xs)) == 1);
	expect_silent(deed_move(&zs, &ys));
	cr_expect(is_whole(&zs));
	expect_silent(deed_drop(&zs));
	cr_expect(!comes_back(slot_of(&copy)));
}

Test(retire, a_buffer_whose_slot_is_used_up_by_a_resize_goes_on_in_another)
{
	deed_i32 xs = DEED_EMPTY, copy;

	make(&xs, 1);
	copy = xs;
	expect_silent(cr_assert(deed_resize(&xs, 1000) == 0));
	cr_expect(slot_of(&xs) != slot_of(&copy));
	expect_silent(cr_assert(deed_resize(&xs, 10) == 0));
	cr_expect(is_whole(&xs));
	cr_expect(deed_stats().live_buffers == 1 && deed_stats().live_bytes == 40);
	expect_fault(DEED_E04, (void)deed_borrow(&copy));
	expect_silent(deed_drop(&xs));
	cr_expect(!comes_back(slot_of(&copy)));
}

#define ROW(FIELD) FIELD(int32_t, value)
DEED_SOA(rows, ROW);

Test(retire, rows_whose_slot_is_used_up_by_a_push_go_on_in_another)
{
	rows rs = DEED_EMPTY, copy;
	struct deed_cell *cell;
	uint32_t slot;

	cr_assert(deed_soa_new(&rs, 0) == 0);
	slot = deed_word_slot(deed_handle_word(&rs.h.owner));
	cell = deed_cell_at(slot);
	cell->word = (DEED_CELL_GENERATION_MAX - 1) << DEED_CELL_GENERATION_SHIFT;
	cell->event_generation[0] = (uint32_t)(DEED_CELL_GENERATION_MAX - 1);
	deed_handle_set(&rs.h.owner, DEED_TAG_LIVE, slot, DEED_CELL_GENERATION_MAX - 1,
			cell->count);
	memcpy(&copy, &rs, sizeof rs);
	expect_silent({
		cr_expect(!deed_soa_push(&rs, { 1 }) && !deed_soa_push(&rs, { 2 }));
		cr_expect(deed_word_slot(deed_handle_word(&rs.h.owner)) != slot);
		cr_expect(deed_soa_len(rs) == 2 && deed_soa_get(&rs, 1).value == 2);
	});
	expect_fault(DEED_E04, (void)deed_soa_len(copy));
	expect_silent(deed_soa_drop(&rs));
}

Test(retire, a_buffer_in_another_slot_is_still_the_one_that_leaks_or_does_not)
{
	deed_i32 xs = DEED_EMPTY, ys = DEED_EMPTY;

	make(&xs, 1);
	expect_silent(deed_immortal(&xs));
	expect_silent(deed_move(&ys, &xs));
	cr_expect(cell_of(&ys)->flags == DEED_CELL_IMMORTAL);
	cr_expect(cell_of(&ys)->event_count &&
		  cell_of(&ys)->event_who[0] >> 24 == DEED_ROLE_ALLOCATED);
	deed_drop(&ys);
}

Test(retire, memory_that_is_lent_by_address_uses_up_slots_as_well)
{
	const uint64_t flags = ((uint64_t)1 << DEED_CELL_GENERATION_SHIFT) - 1;
	float values[4] = { 0 };
	struct deed_cell *old = NULL;
	size_t found = 0;

	for (size_t turn = 0; turn < 64; turn++) {
		DEED_LEND(v, values, 4);
		struct deed_cell *const cell =
			deed_cell_at(deed_loan_at(deed_loan_slot(v.h.loan))->cell);

		found += cell == old;
		if (!old) {
			old = cell;
			cell->word = (DEED_CELL_GENERATION_MAX - 2) << DEED_CELL_GENERATION_SHIFT |
				     (cell->word & flags);
		}
	}
	cr_expect(found == 1, "the slot was used %zu times more", found);
}

/* ---- loans ---------------------------------------------------------------------------------- */

static deed_i32 lent;

/* Each takes a loan and ends it in one of the ways that there are, and returns what it was. */

static deed_i32_borrowed plain(void)
{
	const deed_i32_borrowed v = deed_borrow(&lent);

	deed_end(&lent, &v);
	return v;
}

static deed_i32_borrowed plain_part(void)
{
	const deed_i32_inout v = deed_inout_part(&lent, 2, 8);

	deed_end(&lent, &v);
	return deed_reading(v);
}

static deed_i32_borrowed guard(void)
{
	DEED_INOUT(v, &lent);

	return deed_reading(v);
}

static deed_i32_borrowed guard_of_part(void)
{
	DEED_BORROWED_PART(v, &lent, 2, 8);

	return v;
}

static deed_i32_borrowed child_that_its_parent_ends(void)
{
	const deed_i32_inout parent = deed_inout(&lent);
	const deed_i32_inout child = deed_reborrow(&parent, 2, 8);

	deed_end(&lent, &parent);
	deed_end(&parent, &child);
	return deed_reading(child);
}

static deed_i32_borrowed child_that_nobody_else_ends(void)
{
	const deed_i32_inout parent = deed_inout(&lent);
	const deed_i32_inout child = deed_reborrow(&parent, 2, 8);

	deed_end(&lent, &parent);
	return deed_reading(child);
}

static deed_i32_borrowed lend(void)
{
	static int32_t elements[10];
	DEED_LEND(v, elements, 10);

	return deed_reading(v);
}

static deed_i32_borrowed unwound(void)
{
	const uint64_t mark = deed_loans_mark();
	const deed_i32_borrowed v = deed_borrow(&lent);

	deed_loans_unwind(mark);
	return v;
}

static const struct way {
	const char *name;
	deed_i32_borrowed (*take_and_end)(void);
} ways[] = {
	{ "plain", plain },
	{ "part", plain_part },
	{ "guard", guard },
	{ "guard of a part", guard_of_part },
	{ "child", child_that_its_parent_ends },
	{ "orphan", child_that_nobody_else_ends },
	{ "lend", lend },
	{ "unwound", unwound },
};

/* Takes and ends loans until the row is of another generation: whether that comes to pass. */
static bool comes_by(const struct way *way, const struct deed_loan *row)
{
	const uint64_t before = deed_loan_word(row) >> DEED_LOAN_SLOT_BITS;

	for (size_t turn = 0; turn < TURNS; turn++) {
		(void)way->take_and_end();
		if (deed_loan_word(row) >> DEED_LOAN_SLOT_BITS != before)
			return true;
	}
	return false;
}

Test(retire, a_loans_slot_is_used_until_its_last_generation_and_never_again)
{
	cr_assert(deed_new_zeroed(&lent, 10) == 0);
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		const deed_i32_borrowed first = ways[i].take_and_end();
		const uint32_t slot = deed_loan_slot(first.h.loan);
		struct deed_loan *const row = deed_loan_at(slot);
		deed_i32_borrowed last = first;

		/* It is free now, and made as old as a slot is that comes by once. */
		cr_assert(!(deed_loan_word(row) & DEED_LOAN_LIVE));
		row->word = (DEED_LOAN_GENERATION_MAX - 1) << DEED_LOAN_SLOT_BITS |
			    (row->word & DEED_LOAN_SLOT_MASK);
		last.h.loan = (DEED_LOAN_GENERATION_MAX - 1) << DEED_LOAN_SLOT_BITS | slot;
		expect_silent(cr_expect(comes_by(&ways[i], row), "%s: not once", ways[i].name));
		cr_expect(deed_loan_word(row) >> DEED_LOAN_SLOT_BITS == DEED_LOAN_GENERATION_MAX,
			  "%s", ways[i].name);
		expect_silent(cr_expect(!comes_by(&ways[i], row), "%s: twice", ways[i].name));
		cr_expect(fault_count((void)deed_data(first)) == 1, "%s", ways[i].name);
		cr_expect(fault_count((void)deed_at(last, 0)) == 1, "%s", ways[i].name);
	}
	deed_drop(&lent);
}

/* ---- rows of parts ----------------------------------------------------------------------------
 */

static void take_part(struct deed_part *part, void *context)
{
	const deed_i32_inout view = deed_part_inout(part, (const deed_i32_inout *)context);
	const uint32_t slot = deed_loan_slot(view.h.loan);
	const uint32_t own = deed_task_cards[1].rows;

	deed_fill(view, (int32_t)part->index);
	cr_expect((deed_loan_word(deed_loan_at(slot)) >> 63) == 0);
	cr_expect(own && slot - own >= DEED_PART_ROWS, "an old row was taken");
}

static void take_any(struct deed_part *part, void *context)
{
	deed_fill(deed_part_inout(part, (const deed_i32_inout *)context), (int32_t)part->index);
}

Test(retire, the_rows_that_a_task_keeps_for_its_parts)
{
	deed_i32 xs = DEED_EMPTY;
	struct deed_plan plan;
	deed_i32_inout v;

	cr_assert(deed_new(&xs, 100) == 0);
	v = deed_inout(&xs);
	deed_plan_chunks(&plan, 100, 1);
	deed_share_inout(&plan, &v, DEED_BY_INDEX);
	cr_assert(deed_parallel_for(NULL, &plan, take_any, &v) == 0);
	for (uint32_t i = 0; i < DEED_PART_ROWS; i++)
		deed_loan_at(deed_task_cards[1].rows + i)->word |= (uint64_t)1 << 63;
	deed_share_inout(&plan, &v, DEED_BY_INDEX);
	cr_assert(deed_parallel_for(NULL, &plan, take_part, &v) == 0);
	cr_expect(deed_at(v, 99) == 99);
	deed_end(&xs, &v);
	deed_drop(&xs);
}
