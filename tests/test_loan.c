/* SPDX-License-Identifier: MIT
 *
 * tests/test_loan.c - the admission rule and the rights, line by line of the law.
 *
 * The rule is a product of three small tables: what the source is, what it has lent
 * already, and how the new region lies to the old one. Each combination is asked of a
 * fresh buffer, because a buffer is reported once. Then the rules around it: ends, slices,
 * zeroed views, guards, and what a jump leaves behind.
 */
#include "trapped.h"

TestSuite(loan, .init = trapped_begin, .fini = trapped_end, .timeout = 60);

#define OK DEED_NO_FAULT

static deed_i32 filled(size_t count)
{
	deed_i32 xs = DEED_EMPTY;

	cr_assert(deed_new(&xs, count) == 0);
	{
		DEED_INOUT(v, &xs);
		for (size_t i = 0; i < count; i++)
			deed_at(v, i) = (int)i;
	}
	return xs;
}

/* A view whose type says that it may write, of a loan that may not: only its bits can say so. */
static deed_i32_inout forged(deed_i32_borrowed view)
{
	deed_i32_inout inout;

	_Static_assert(sizeof inout == sizeof view, "both are pointer, length, loan");
	memcpy(&inout, &view, sizeof inout);
	return inout;
}

/* ---- admission as data ---------------------------------------------------------------------- */

enum { LEN = 10 };

static const struct relation {
	const char *name;
	size_t old_lo, old_hi, new_lo, new_hi;
	bool meets;
} relations[] = {
	{ "disjoint below", 5, 8, 0, 3, false },
	{ "disjoint above", 0, 3, 5, 8, false },
	{ "adjacent below", 4, 8, 0, 4, false },
	{ "adjacent above", 0, 4, 4, 8, false },
	{ "overlap below by one", 3, 8, 0, 4, true },
	{ "overlap above by one", 0, 4, 3, 8, true },
	{ "inside", 0, 8, 3, 5, true },
	{ "around", 3, 5, 0, 8, true },
	{ "inside at the beginning", 0, 8, 0, 1, true },
	{ "inside at the end", 0, 8, 7, 8, true },
	{ "equal", 2, 6, 2, 6, true },
	{ "equal, one element", 4, 5, 4, 5, true },
	{ "whole over a part", 4, 5, 0, LEN, true },
	{ "part of the whole", 0, LEN, 4, 5, true },
	{ "whole and whole", 0, LEN, 0, LEN, true },
	{ "empty inside", 0, LEN, 5, 5, false },
	{ "empty at its beginning", 3, 6, 3, 3, false },
	{ "empty at its end", 3, 6, 6, 6, false },
	{ "empty at the end of all", 0, LEN, LEN, LEN, false },
	{ "over an empty one", 5, 5, 0, LEN, false },
	{ "empty over empty", 5, 5, 5, 5, false },
	{ "last element against the rest", LEN - 1, LEN, 0, LEN - 1, false },
};

enum kind { NONE, BORROWED, INOUT };
static const char *const kind_names[] = { "nothing", "borrowed", "inout" };

/* Whether two kinds that meet conflict: not two readers. */
static const bool conflicts[3][3] = {
	[BORROWED] = { [BORROWED] = false, [INOUT] = true },
	[INOUT] = { [BORROWED] = true, [INOUT] = true },
};

enum parent { OF_OWNER, OF_INOUT, OF_BORROWED, PARENTS };
static const char *const parent_names[] = { "an owner", "an inout view", "a borrowed view" };

/* What a combination is asked of: one buffer, one loan of it if the source is a view. */
struct source {
	enum parent parent;
	deed_i32 owner;
	deed_i32_inout inout;
	deed_i32_borrowed borrowed;
};

static void open_source(struct source *source, enum parent parent)
{
	*source = (struct source){ .parent = parent, .owner = filled(LEN) };
	if (parent == OF_INOUT)
		source->inout = deed_inout(&source->owner);
	if (parent == OF_BORROWED)
		source->borrowed = deed_borrow(&source->owner);
}

static void close_source(struct source *source)
{
	if (source->parent == OF_INOUT)
		deed_end(&source->owner, &source->inout);
	if (source->parent == OF_BORROWED)
		deed_end(&source->owner, &source->borrowed);
	deed_drop(&source->owner);
}

/* A loan of either kind, as an inout view's bits. */
static deed_i32_inout take(struct source *source, enum kind kind, size_t lo, size_t hi)
{
	deed_i32_borrowed borrowed;
	deed_i32_inout view;

	switch (source->parent) {
	case OF_OWNER:
		if (kind == INOUT)
			return deed_inout_part(&source->owner, lo, hi);
		borrowed = deed_borrow_part(&source->owner, lo, hi);
		return forged(borrowed);
	case OF_INOUT:
		if (kind == INOUT)
			return deed_inout_part(&source->inout, lo, hi);
		borrowed = deed_borrow_part(&source->inout, lo, hi);
		return forged(borrowed);
	default:
		view = forged(source->borrowed);
		if (kind == INOUT)
			return deed_inout_part(&view, lo, hi);
		borrowed = deed_borrow_part(&source->borrowed, lo, hi);
		return forged(borrowed);
	}
}

static void give_back(struct source *source, deed_i32_inout *view)
{
	if (source->parent == OF_OWNER)
		deed_end(&source->owner, view);
	else if (source->parent == OF_INOUT)
		deed_end(&source->inout, view);
	else
		deed_end(&source->borrowed, view);
}

static enum deed_fault verdict(enum parent parent, enum kind old, const struct relation *relation,
			       enum kind new)
{
	if (relation->new_lo == relation->new_hi)
		return OK;
	if (parent == OF_BORROWED && new == INOUT)
		return DEED_E10;
	return relation->meets && conflicts[old][new] ? DEED_E09 : OK;
}

Test(loan, every_combination_of_source_holder_region_and_kind_gets_its_verdict)
{
	for (enum parent parent = 0; parent < PARENTS; parent++)
		for (enum kind old = NONE; old <= INOUT; old++)
			for (size_t i = 0; i < ARRAY_LEN(relations); i++)
				for (enum kind new = BORROWED; new <= INOUT; new ++) {
					const struct relation *const relation = &relations[i];
					deed_i32_inout first = { 0 }, second;
					enum deed_fault expected, got;
					struct source source;

					if (parent == OF_BORROWED && old == INOUT)
						continue; /* it could not be taken */
					expected = verdict(parent, old, relation, new);
					open_source(&source, parent);
					if (old != NONE)
						expect_silent(first = take(&source, old,
									   relation->old_lo,
									   relation->old_hi));
					got = fault_of(second = take(&source, new, relation->new_lo,
								     relation->new_hi));
					cr_expect(got == expected,
						  "%s of %s, over %s, %s: expected %s, got %s",
						  kind_names[new], parent_names[parent],
						  kind_names[old], relation->name,
						  trapped_id(expected), trapped_id(got));
					cr_expect(second.h.len ==
						  relation->new_hi - relation->new_lo);
					give_back(&source, &second);
					if (old != NONE)
						give_back(&source, &first);
					/* At rest nothing is held: the same again is fine. */
					cr_expect(fault_count({
							  if (parent != OF_BORROWED) {
								  second = take(&source, INOUT, 0,
										LEN);
								  give_back(&source, &second);
							  }
						  }) == 0);
					close_source(&source);
				}
}

Test(loan, a_whole_loan_and_a_part_that_is_everything_are_one_region)
{
	for (int order = 0; order < 2; order++) {
		deed_i32 xs = filled(LEN);
		deed_i32_inout first = order ? deed_inout(&xs) : deed_inout_part(&xs, 0, LEN);
		deed_i32_inout second;

		expect_fault(DEED_E09,
			     second = order ? deed_inout_part(&xs, 0, LEN) : deed_inout(&xs));
		deed_end(&xs, &first);
		deed_end(&xs, &second);
		deed_drop(&xs);
	}
}

Test(loan, only_direct_children_are_compared)
{
	deed_i32 xs = filled(LEN);
	deed_i32_inout v = deed_inout(&xs), child, grandchild, other;
	deed_i32_borrowed r;

	child = deed_inout_part(&v, 0, 5);
	grandchild = deed_inout_part(&child, 0, 5);
	expect_silent(other = deed_inout_part(&v, 5, 10));
	deed_end(&v, &other);
	expect_silent(r = deed_borrow_part(&grandchild, 2, 3));
	deed_end(&grandchild, &r);
	expect_fault(DEED_E09, r = deed_borrow_part(&v, 4, 6)); /* the child, not its child */
	cr_expect(trapped.report.site_count >= 2);
	cr_expect(trapped_sites(DEED_ROLE_LENT_INOUT, 0) == 1);
	deed_end(&v, &r);
	deed_end(&xs, &v);
	deed_drop(&xs);
}

Test(loan, borrows_pile_up)
{
	deed_i32 xs = filled(LEN);
	deed_i32_borrowed r[1000];

	for (size_t i = 0; i < ARRAY_LEN(r); i++)
		expect_silent(r[i] = i % 3 ? deed_borrow(&xs)
					   : deed_borrow_part(&xs, i % LEN, LEN));
	cr_expect(deed_stats().live_loans == ARRAY_LEN(r));
	for (size_t i = 0; i < ARRAY_LEN(r); i++)
		deed_end(&xs, &r[i]);
	deed_drop(&xs);
}

Test(loan, a_const_owner_can_be_borrowed)
{
	deed_i32 xs = filled(LEN);
	const deed_i32 *const reader = &xs;
	deed_i32_borrowed r;

	expect_silent(r = deed_borrow(reader));
	cr_expect(deed_at(r, 3) == 3);
	expect_silent(deed_end(reader, &r));
	deed_drop(&xs);
}

Test(loan, length_is_metadata_and_conflicts_with_nothing)
{
	deed_i32 xs = filled(LEN);

	{
		DEED_INOUT(v, &xs);
		DEED_INOUT_PART(c, &v, 0, 5);

		expect_silent(
			cr_expect(deed_len(xs) == LEN && deed_len(v) == LEN && deed_len(c) == 5));
		expect_silent(cr_expect(deed_owns(&xs)));
	}
	deed_drop(&xs);
}

/* ---- the story of a conflict ---------------------------------------------------------------- */

Test(loan, a_conflict_names_every_holder_and_nobody_else)
{
	deed_i32 xs = filled(200);
	deed_i32_borrowed holders[100], bystander;
	deed_i32_inout v;

	bystander = deed_borrow_part(&xs, 150, 200);
	for (size_t i = 0; i < ARRAY_LEN(holders); i++)
		holders[i] = deed_borrow_part(&xs, i, i + 1);
	expect_fault(DEED_E09, v = deed_inout_part(&xs, 0, 150));
	cr_expect(trapped.report.sites[0].role == DEED_ROLE_HERE);
	cr_expect(trapped.report.sites[0].lo == 0 && trapped.report.sites[0].hi == 150);
	cr_expect(trapped_sites(DEED_ROLE_LENT_BORROWED, 0) == ARRAY_LEN(holders),
		  "%zu holders are named", trapped_sites(DEED_ROLE_LENT_BORROWED, 0));
	for (size_t i = 0; i < ARRAY_LEN(holders); i++) {
		size_t named = 0;

		for (size_t k = 0; k < trapped.report.site_count; k++)
			named += trapped.report.sites[k].role == DEED_ROLE_LENT_BORROWED &&
				 trapped.report.sites[k].lo == i &&
				 trapped.report.sites[k].hi == i + 1;
		cr_expect(named == 1, "holder %zu is named %zu times", i, named);
		deed_end(&xs, &holders[i]);
	}
	deed_end(&xs, &bystander);
	deed_end(&xs, &v);
	deed_drop(&xs);
}

Test(loan, a_conflict_names_only_those_who_conflict)
{
	deed_i32 xs = filled(LEN);
	deed_i32_borrowed reader = deed_borrow_part(&xs, 0, 2), r;
	deed_i32_inout writer = deed_inout_part(&xs, 2, 4);

	/* A reader is no conflict for a reader. */
	expect_fault(DEED_E09, r = deed_borrow(&xs));
	cr_expect(trapped_sites(DEED_ROLE_LENT_BORROWED, 0) == 0);
	cr_expect(trapped_sites(DEED_ROLE_LENT_INOUT, 0) == 1);
	deed_end(&xs, &reader);
	deed_end(&xs, &writer);
	deed_end(&xs, &r);
	deed_drop(&xs);
}

DEED_UNCHECKED Test(loan, a_conflict_tells_guards_from_plain_loans)
{
	deed_i32 xs = filled(LEN);

	{
		DEED_BORROWED(guard, &xs);
		deed_i32_borrowed plain = deed_borrow(&xs);
		deed_i32_inout v;
		const unsigned line = __LINE__;

		expect_fault(DEED_E09, v = deed_inout(&xs));
		(void)v;
		for (size_t i = 0; i < trapped.report.site_count; i++) {
			const struct trapped_site *const site = &trapped.report.sites[i];

			if (site->role == DEED_ROLE_LENT_BORROWED)
				cr_expect(site->is_guard == (site->line == line - 3));
		}
		cr_expect(trapped_sites(DEED_ROLE_LENT_BORROWED, line - 3) == 1);
		cr_expect(trapped_sites(DEED_ROLE_LENT_BORROWED, line - 2) == 1);
		cr_expect(trapped_sites(DEED_ROLE_ALLOCATED, 0) == 1);
		cr_expect(!strcmp(trapped.report.kind, "heap"));
		cr_expect(!strcmp(trapped.report.state, "live"));
		deed_end(&xs, &plain);
	}
	deed_drop(&xs);
}

Test(loan, ranges_in_a_report_are_of_the_buffer_whatever_view_they_came_through)
{
	deed_i32 xs = filled(100);

	{
		DEED_INOUT_PART(v, &xs, 10, 90);
		deed_i32_inout c, d;

		c = deed_inout_part(&v, 10, 20);
		d = deed_slice(v, 5, 50);
		expect_fault(DEED_E09, d = deed_inout_part(&d, 6, 8)); /* 21 to 23 of xs */
		cr_expect(trapped.report.sites[0].lo == 21 && trapped.report.sites[0].hi == 23,
			  "[%zu, %zu)", trapped.report.sites[0].lo, trapped.report.sites[0].hi);
		for (size_t i = 1; i < trapped.report.site_count; i++)
			if (trapped.report.sites[i].role == DEED_ROLE_LENT_INOUT)
				cr_expect(trapped.report.sites[i].lo == 20 &&
					  trapped.report.sites[i].hi == 30);
		deed_end(&v, &c);
	}
	deed_drop(&xs);
}

/* ---- rights as data ------------------------------------------------------------------------- */

/* A loan of [0, 10) has lent [3, 6) as `child`; then element `at` is read or written, or all of
 * [lo, hi) asked for. */
static const struct right {
	enum kind view, child;
	bool write;
	size_t lo, hi;
	enum deed_fault fault;
} rights[] = {
	{ INOUT, NONE, true, 0, 10, OK },
	{ INOUT, NONE, false, 0, 10, OK },
	{ BORROWED, NONE, false, 0, 10, OK },
	{ BORROWED, NONE, true, 0, 10, DEED_E13 }, /* forged */

	{ INOUT, BORROWED, false, 0, 10, OK }, /* reading beside a reader */
	{ INOUT, BORROWED, false, 3, 6, OK },
	{ INOUT, BORROWED, true, 0, 10, DEED_E13 },
	{ INOUT, BORROWED, true, 0, 3, OK },
	{ INOUT, BORROWED, true, 0, 4, DEED_E13 },
	{ INOUT, BORROWED, true, 3, 4, DEED_E13 },
	{ INOUT, BORROWED, true, 5, 6, DEED_E13 },
	{ INOUT, BORROWED, true, 6, 10, OK },
	{ INOUT, BORROWED, true, 5, 10, DEED_E13 },

	{ INOUT, INOUT, false, 0, 10, DEED_E13 },
	{ INOUT, INOUT, false, 0, 3, OK },
	{ INOUT, INOUT, false, 2, 4, DEED_E13 },
	{ INOUT, INOUT, false, 5, 7, DEED_E13 },
	{ INOUT, INOUT, false, 6, 10, OK },
	{ INOUT, INOUT, true, 0, 3, OK },
	{ INOUT, INOUT, true, 3, 6, DEED_E13 },
	{ INOUT, INOUT, true, 4, 5, DEED_E13 },
	{ INOUT, INOUT, true, 6, 10, OK },

	{ BORROWED, BORROWED, false, 0, 10, OK },
	{ BORROWED, BORROWED, false, 3, 6, OK },
};

enum access { BY_DATA, BY_AT, BY_COPY, BY_CLONE, ACCESSES };

static void access_by(enum access access, bool write, deed_i32_inout view, size_t lo, size_t hi)
{
	int elements[10];
	const deed_i32_inout part = deed_slice(view, lo, hi);

	if (access == BY_DATA && write) {
		int *const p = deed_data(part);

		p[0] = (int)lo;
	} else if (access == BY_DATA) {
		const int *const p = deed_data(deed_reading(part));

		(void)*(const volatile int *)p;
	} else if (access == BY_AT) {
		for (size_t i = lo; i < hi; i++)
			if (write)
				deed_at(view, i) = (int)i;
			else
				elements[i] = deed_at(deed_reading(view), i);
	} else if (access == BY_COPY) {
		deed_i32 other = filled(hi - lo);
		deed_i32_inout w = deed_inout(&other);

		if (write)
			deed_copy(part, w);
		else
			deed_copy(w, deed_reading(part));
		deed_end(&other, &w);
		deed_drop(&other);
	} else if (!write) {
		const deed_i32_borrowed reading = deed_reading(part);
		deed_i32 clone = DEED_EMPTY;
		int err = deed_clone(&clone, &reading);

		(void)err;
		deed_settle(&clone);
	}
	(void)elements;
}

Test(loan, rights_are_those_of_the_law_whichever_verb_asks)
{
	for (size_t i = 0; i < ARRAY_LEN(rights); i++)
		for (enum access access = 0; access < ACCESSES; access++) {
			const struct right *const right = &rights[i];
			deed_i32 xs = filled(10);
			deed_i32_inout view, child = { 0 };
			enum deed_fault got, expected = right->fault;

			if (right->view == INOUT)
				view = deed_inout(&xs);
			else
				view = forged(deed_borrow(&xs));
			if (right->child == INOUT)
				child = deed_inout_part(&view, 3, 6);
			if (right->child == BORROWED)
				child = forged(deed_borrow_part(&view, 3, 6));
			if (access == BY_CLONE && right->write)
				expected = OK; /* it only reads: nothing was asked */
			got = fault_of(access_by(access, right->write, view, right->lo, right->hi));
			cr_expect(got == expected,
				  "%s [%zu, %zu) of %s that lent [3, 6) %s, by access %d: "
				  "expected %s, got %s",
				  right->write ? "writing" : "reading", right->lo, right->hi,
				  kind_names[right->view], kind_names[right->child], (int)access,
				  trapped_id(expected), trapped_id(got));
			deed_end(&view, &child);
			/* With the child its suspension goes. */
			if (right->view == INOUT)
				cr_expect(fault_count(deed_at(view, 4) = 1) == 0);
			deed_end(&xs, &view);
			deed_drop(&xs);
		}
}

Test(loan, a_child_uses_what_its_parent_may_not)
{
	deed_i32 xs = filled(LEN);

	{
		DEED_INOUT(v, &xs);
		{
			DEED_INOUT_PART(c, &v, 2, 8);
			{
				DEED_INOUT_PART(cc, &c, 1, 2);
				expect_silent(deed_at(cc, 0) = 33);
				expect_silent(deed_at(c, 0) = 1);
				expect_silent(deed_at(v, 9) = 1);
			}
			expect_silent(cr_expect(deed_at(c, 1) == 33));
		}
		expect_silent(cr_expect(deed_at(v, 3) == 33));
	}
	deed_drop(&xs);
}

Test(loan, an_access_while_lent_names_the_child)
{
	deed_i32 xs = filled(LEN);

	{
		DEED_INOUT(v, &xs);
		const unsigned line = __LINE__ + 1;
		DEED_INOUT_PART(c, &v, 2, 8);

		expect_fault(DEED_E13, deed_at(v, 5) = 1);
		cr_expect(trapped_sites(DEED_ROLE_HERE, line + 2) == 1);
		cr_expect(trapped_sites(DEED_ROLE_LENT_INOUT, line) == 1);
		cr_expect(trapped.report.sites[0].lo == 5 && trapped.report.sites[0].hi == 6);
	}
	deed_drop(&xs);
}

Test(loan, a_forged_inout_view_cannot_lend_for_writing)
{
	for (int verb = 0; verb < 5; verb++) {
		deed_i32 xs = filled(LEN);
		deed_i32_borrowed r = deed_borrow(&xs);
		deed_i32_inout view = forged(r), left, right;

		if (verb == 0)
			expect_fault(DEED_E10, left = deed_inout(&view));
		else if (verb == 1)
			expect_fault(DEED_E10, left = deed_inout_part(&view, 3, 4));
		else if (verb == 2)
			expect_fault(DEED_E10, left = deed_reborrow(&view, 0, 1));
		else if (verb == 3)
			expect_fault(DEED_E10, deed_split(&view, 5, &left, &right));
		else
			expect_silent(left = forged(deed_borrow_part(&view, 3, 4)));
		(void)left;
		(void)right;
		deed_end(&xs, &r);
		deed_drop(&xs);
	}
}

/* ---- bounds --------------------------------------------------------------------------------- */

static const struct bounds {
	size_t lo, hi;
	enum deed_fault fault;
} bounds[] = {
	{ 0, LEN, OK },
	{ LEN, LEN, OK },
	{ 0, 0, OK },
	{ LEN + 1, LEN + 1, DEED_E15 }, /* where it begins is checked, though it is empty */
	{ SIZE_MAX, SIZE_MAX, DEED_E15 },
	{ 0, LEN + 1, DEED_E15 },
	{ LEN, LEN + 1, DEED_E15 },
	{ LEN - 1, LEN + 1, DEED_E15 },
	{ 5, 4, DEED_E15 },
	{ LEN, 0, DEED_E15 },
	{ 0, SIZE_MAX, DEED_E15 },
	{ 1, SIZE_MAX, DEED_E15 },
	{ SIZE_MAX, 0, DEED_E15 },
	{ SIZE_MAX, 4, DEED_E15 },
	{ SIZE_MAX - 1, SIZE_MAX, DEED_E15 },
	{ SIZE_MAX / 4, SIZE_MAX / 4 + 2, DEED_E15 }, /* in bytes it wraps to the beginning */
	{ SIZE_MAX / 4 + 1, SIZE_MAX / 4 + 3, DEED_E15 },
	{ (size_t)1 << 62, ((size_t)1 << 62) + 4, DEED_E15 },
	{ 0, ((size_t)1 << 62) + 4, DEED_E15 },
	{ 0, SIZE_MAX / 4 + 2, DEED_E15 },
};

Test(loan, a_region_outside_its_source_is_out_of_bounds_whichever_verb_asks)
{
	for (size_t i = 0; i < ARRAY_LEN(bounds); i++)
		for (int verb = 0; verb < 8; verb++) {
			const struct bounds *const b = &bounds[i];
			deed_i32 xs = filled(LEN + 5);
			deed_i32_inout all = deed_inout_part(&xs, 3, LEN + 3), v = { 0 };
			deed_i32_inout narrow;
			deed_i32_borrowed r = { 0 }, reader;
			enum deed_fault got;

			trapped_arm(0);
			if (verb == 0) {
				narrow = deed_slice(all, b->lo, b->hi);
				(void)narrow;
			} else if (verb == 1) {
				v = deed_inout_part(&all, b->lo, b->hi);
			} else if (verb == 2) {
				r = deed_borrow_part(&all, b->lo, b->hi);
			} else if (verb == 3) {
				v = deed_reborrow(&all, b->lo, b->hi);
			} else if (verb == 4) {
				reader = deed_slice(deed_reading(all), b->lo, b->hi);
				(void)reader;
			} else if (verb == 5) {
				DEED_INOUT_PART(guard, &all, b->lo, b->hi);
				(void)guard;
			} else if (verb == 6) {
				reader = deed_reading(all);
				r = deed_borrow_part(&reader, b->lo, b->hi);
			} else {
				/* A slice of the loan is what its children must lie in. */
				narrow = deed_slice(all, 0, LEN);
				r = deed_borrow_part(&narrow, b->lo, b->hi);
			}
			got = trapped_disarm();
			cr_expect(got == b->fault, "verb %d, [%zx, %zx): expected %s, got %s", verb,
				  b->lo, b->hi, trapped_id(b->fault), trapped_id(got));
			deed_end(&all, &v);
			deed_end(&all, &r);
			deed_end(&xs, &all);
			deed_drop(&xs);
		}
}

DEED_UNCHECKED Test(loan, of_an_owner_a_region_outside_is_out_of_bounds)
{
	for (size_t i = 0; i < ARRAY_LEN(bounds); i++) {
		deed_i32 xs = filled(LEN);
		deed_i32_inout v;
		deed_i32_borrowed r;

		expect_fault(bounds[i].fault, v = deed_inout_part(&xs, bounds[i].lo, bounds[i].hi));
		deed_end(&xs, &v);
		deed_drop(&xs);
		xs = filled(LEN);
		expect_fault(bounds[i].fault,
			     r = deed_borrow_part(&xs, bounds[i].lo, bounds[i].hi));
		deed_end(&xs, &r);
		deed_drop(&xs);
	}
}

Test(loan, a_slice_narrows_what_may_be_lent_from_it)
{
	deed_i32 xs = filled(LEN);

	{
		DEED_INOUT(v, &xs);
		deed_i32_inout narrow = deed_slice(v, 2, 5);
		deed_i32_borrowed r;

		expect_silent(r = deed_borrow_part(&narrow, 0, 3));
		cr_expect(deed_at(r, 0) == 2 && deed_len(r) == 3);
		deed_end(&narrow, &r);
		expect_silent(r = deed_borrow(&narrow));
		deed_end(&v, &r); /* the slice is the same loan */
		expect_fault(DEED_E15,
			     r = deed_borrow_part(&narrow, 0, 4)); /* inside the loan, and yet */
	}
	deed_drop(&xs);
}

DEED_UNCHECKED Test(loan, an_index_out_of_bounds_is_told_and_touches_nothing)
{
	static const size_t indices[] = {
		LEN, LEN + 1, SIZE_MAX, SIZE_MAX / 4 + 1, (size_t)1 << 62, (size_t)1 << 63
	};

	for (size_t i = 0; i < ARRAY_LEN(indices); i++) {
		deed_i32 xs = filled(LEN);
		deed_i32_inout v = deed_inout(&xs);
		deed_i32_borrowed r;
		volatile int seen;

		expect_fault(DEED_E15, deed_at(v, indices[i]) = 77);
		deed_end(&xs, &v);
		r = deed_borrow(&xs);
		for (size_t k = 0; k < LEN; k++)
			cr_expect(deed_at(r, k) == (int)k);
		deed_end(&xs, &r);
		deed_drop(&xs);

		xs = filled(LEN);
		r = deed_borrow(&xs);
		expect_fault(DEED_E15, seen = deed_at(r, indices[i]));
		(void)seen;
		deed_end(&xs, &r);
		deed_drop(&xs);
	}
}

Test(loan, an_index_counts_from_the_slice_not_from_the_loan)
{
	deed_i32 xs = filled(LEN);
	deed_i32_inout v = deed_inout(&xs);
	const deed_i32_inout tail = deed_slice(v, 8, 10);

	expect_silent(cr_expect(deed_at(tail, 0) == 8 && deed_at(tail, 1) == 9));
	expect_fault(DEED_E15, deed_at(tail, 2) = 1);
	deed_end(&xs, &v);
	deed_drop(&xs);
}

Test(loan, split_at_every_place)
{
	for (size_t at = 0; at <= LEN; at++) {
		deed_i32 xs = filled(LEN);
		deed_i32_inout v = deed_inout(&xs), left, right;

		expect_silent(deed_split(&v, at, &left, &right));
		cr_expect(deed_len(left) == at && deed_len(right) == LEN - at);
		expect_silent({
			for (size_t i = 0; i < at; i++)
				deed_at(left, i) = -(int)i;
			for (size_t i = at; i < LEN; i++)
				deed_at(right, i - at) = -(int)i;
		});
		expect_fault(DEED_E13, (void)deed_data(v));
		deed_end(&v, &left);
		deed_end(&v, &right);
		expect_silent({
			for (size_t i = 0; i < LEN; i++)
				cr_expect(deed_at(v, i) == -(int)i);
		});
		deed_end(&xs, &v);
		deed_drop(&xs);
	}
}

Test(loan, split_of_a_borrowed_view_reads_on_both_sides_and_before)
{
	deed_i32 xs = filled(LEN);
	deed_i32_borrowed r = deed_borrow(&xs), left, right;

	expect_silent({
		deed_split(&r, 4, &left, &right);
		cr_expect(deed_at(left, 3) == 3 && deed_at(right, 0) == 4 && deed_at(r, 9) == 9);
		deed_end(&r, &left);
		deed_end(&r, &right);
		deed_end(&xs, &r);
	});
	deed_drop(&xs);
}

Test(loan, split_may_write_over_its_own_source)
{
	deed_i32 xs = filled(LEN);
	deed_i32_inout v = deed_inout(&xs), rest = v, part;

	for (size_t i = 0; i < LEN; i++) {
		expect_silent(deed_split(&rest, 1, &part, &rest));
		expect_silent(deed_at(part, 0) = 7);
	}
	cr_expect(deed_len(rest) == 0);
	expect_silent(deed_end(&xs, &v)); /* and with it all of them */
	expect_silent(deed_drop(&xs));
}

Test(loan, split_beyond_the_end_is_out_of_bounds)
{
	static const size_t places[] = { LEN + 1, SIZE_MAX };

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		deed_i32 xs = filled(LEN);
		deed_i32_inout v = deed_inout(&xs), left, right;

		expect_fault(DEED_E15, deed_split(&v, places[i], &left, &right));
		deed_end(&v, &left);
		deed_end(&v, &right);
		deed_end(&xs, &v);
		deed_drop(&xs);
	}
}

/* ---- ends ----------------------------------------------------------------------------------- */

enum stale_use {
	USE_DATA,
	USE_READ,
	USE_AT,
	USE_READ_AT,
	USE_AT_BEYOND,
	USE_BORROW,
	USE_INOUT,
	USE_PART,
	USE_REBORROW,
	USE_SPLIT,
	USE_CLONE,
	USE_COPY_TO,
	USE_COPY_FROM,
	USE_FILL,
	USE_BYTES,
	USE_TILE,
	USE_SLICE,
	STALE_USES,
};

static void use_stale(enum stale_use use, deed_i32_inout view)
{
	deed_i32 other = DEED_EMPTY;
	deed_i32_inout v, w;
	deed_i32_borrowed r;
	deed_i32_tile_inout tile;
	volatile int seen = 0;
	int err = 0;

	switch (use) {
	case USE_DATA:
		(void)deed_data(view);
		break;
	case USE_READ:
		(void)deed_data(deed_reading(view));
		break;
	case USE_AT:
		deed_at(view, 0) = 1;
		break;
	case USE_READ_AT:
		seen = deed_at(deed_reading(view), 0);
		break;
	case USE_AT_BEYOND:
		deed_at(view, LEN + 3) = 1;
		break;
	case USE_BORROW:
		r = deed_borrow(&view);
		break;
	case USE_INOUT:
		v = deed_inout(&view);
		break;
	case USE_PART:
		v = deed_inout_part(&view, 1, 2);
		break;
	case USE_REBORROW:
		v = deed_reborrow(&view, 1, 2);
		break;
	case USE_SPLIT:
		deed_split(&view, 3, &v, &w);
		break;
	case USE_CLONE:
		err = deed_clone(&other, &view);
		break;
	case USE_COPY_TO:
	case USE_COPY_FROM:
		other = filled(deed_len(view));
		v = deed_inout(&other);
		if (use == USE_COPY_TO)
			deed_copy(view, v);
		else
			deed_copy(v, view);
		deed_end(&other, &v);
		break;
	case USE_FILL:
		deed_fill(view, 3);
		break;
	case USE_BYTES:
		(void)deed_data(deed_bytes(view));
		break;
	case USE_TILE:
		tile = deed_tile_inout(&view, 5, 0, 0, 2, 2);
		(void)tile;
		break;
	case USE_SLICE:
		(void)deed_data(deed_slice(view, 1, 2));
		break;
	case STALE_USES:
		break;
	}
	(void)seen;
	(void)err;
	(void)r;
	(void)v;
	(void)w;
	deed_settle(&other);
}

Test(loan, an_ended_loan_is_of_no_use_whichever_verb_asks)
{
	for (int how = 0; how < 3; how++)
		for (enum stale_use use = 0; use < STALE_USES; use++) {
			deed_i32 xs = filled(LEN);
			deed_i32_inout v = deed_inout(&xs), used = v;
			enum deed_fault got;

			if (how == 1) /* with its parent */
				used = deed_inout(&v);
			deed_end(&xs, &v);
			if (how == 2) /* and its buffer */
				deed_drop(&xs);
			got = fault_of(use_stale(use, used));
			cr_expect(got == DEED_E11, "use %d of a loan that ended in way %d: %s",
				  (int)use, how, trapped_id(got));
			deed_settle(&xs);
		}
}

Test(loan, an_ended_loan_does_not_come_alive_when_the_next_one_begins)
{
	deed_i32 xs = filled(LEN);
	deed_i32_inout old = deed_inout(&xs), v;

	deed_end(&xs, &old);
	for (int i = 0; i < 300000; i++) {
		v = deed_inout(&xs);
		deed_end(&xs, &v);
	}
	v = deed_inout(&xs);
	expect_fault(DEED_E11, deed_at(old, 0) = 1);
	expect_silent(deed_at(v, 0) = 1);
	deed_end(&xs, &v);
	deed_drop(&xs);
}

DEED_UNCHECKED Test(loan, an_ended_loan_is_told_where_it_ended_and_where_it_was_taken)
{
	deed_i32 xs = filled(LEN);
	deed_i32_inout v;
	unsigned line = __LINE__;

	v = deed_inout(&xs);
	deed_end(&xs, &v);
	expect_fault(DEED_E11, deed_at(v, 0) = 1);
	cr_expect(trapped_sites(DEED_ROLE_HERE, line + 4) == 1);
	cr_expect(trapped_sites(DEED_ROLE_ENDED, line + 3) == 1);
	cr_expect(trapped_sites(DEED_ROLE_LENT_INOUT, line + 2) == 1);
	deed_drop(&xs);

	xs = filled(LEN);
	line = __LINE__;
	v = deed_inout(&xs);
	deed_end(&xs, &v);
	expect_fault(DEED_E12, deed_end(&xs, &v));
	cr_expect(trapped_sites(DEED_ROLE_HERE, line + 3) == 1);
	cr_expect(trapped_sites(DEED_ROLE_ENDED, line + 2) == 1);
	deed_drop(&xs);
}

Test(loan, a_loan_ends_once)
{
	for (int kind = 0; kind < 4; kind++) {
		deed_i32 xs = filled(LEN);
		deed_i32_borrowed r, copy;

		r = kind & 1 ? deed_borrow_part(&xs, 2, 4) : deed_borrow(&xs);
		copy = kind & 2 ? deed_slice(r, 0, 1) : r;
		expect_silent(deed_end(&xs, &r));
		expect_fault(DEED_E12, deed_end(&xs, &copy)); /* a copy or a slice is the same */
		deed_drop(&xs);
	}
}

Test(loan, a_guard_that_was_ended_by_hand_is_ended_twice)
{
	deed_i32 xs = filled(LEN);

	trapped_arm(0);
	{
		DEED_BORROWED(r, &xs);
		deed_end(&xs, &r);
		cr_expect(trapped.count == 0);
	}
	cr_expect(trapped_disarm() == DEED_E12);
	deed_drop(&xs);
}

Test(loan, the_end_of_a_loan_ends_its_children_and_theirs)
{
	deed_i32 xs = filled(LEN);
	deed_i32_inout v = deed_inout(&xs), child = deed_inout_part(&v, 0, 5);
	deed_i32_inout grandchild = deed_inout_part(&child, 1, 3);
	deed_i32_borrowed reader = deed_borrow_part(&v, 5, 9);

	cr_expect(deed_stats().live_loans == 4);
	expect_silent(deed_end(&xs, &v));
	cr_expect(deed_stats().live_loans == 0);
	/* The end of each, which comes too late, is silent once. */
	expect_silent(deed_end(&child, &grandchild));
	expect_silent(deed_end(&v, &child));
	expect_silent(deed_end(&v, &reader));
	expect_silent({
		DEED_INOUT(w, &xs);
		deed_at(w, 0) = 1;
	});
	expect_fault(DEED_E12, deed_end(&v, &child));
	deed_drop(&xs);
}

Test(loan, guards_that_their_parent_ended_are_silent)
{
	deed_i32 xs = filled(LEN);
	deed_i32_inout v = deed_inout(&xs);

	expect_silent({
		DEED_INOUT_PART(c, &v, 0, 5);
		DEED_BORROWED(r, &c);
		deed_end(&xs, &v);
	});
	expect_silent(deed_drop(&xs));
}

Test(loan, ends_come_in_any_order)
{
	static const int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
					  { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

	for (int kinds = 0; kinds < 2; kinds++)
		for (size_t o = 0; o < ARRAY_LEN(orders); o++) {
			deed_i32 xs = filled(LEN);
			deed_i32_inout v[3];

			for (size_t i = 0; i < 3; i++)
				v[i] = kinds ? forged(deed_borrow(&xs))
					     : deed_inout_part(&xs, 3 * i, 3 * i + 3);
			for (size_t i = 0; i < 3; i++)
				expect_silent(deed_end(&xs, &v[orders[o][i]]));
			expect_silent(deed_drop(&xs));
		}
}

/* More than the ledger remembers one by one. */
Test(loan, a_child_that_ended_with_its_parent_may_be_ended_however_late)
{
	enum { DEPTH = 10000 };
	static deed_i32_inout chain[DEPTH];
	deed_i32 xs = filled(LEN);

	for (int reuse = 0; reuse < 2; reuse++) {
		chain[0] = deed_inout(&xs);
		for (size_t i = 1; i < DEPTH; i++)
			chain[i] = deed_reborrow(&chain[i - 1], 0, LEN);
		deed_end(&xs, &chain[0]);
		for (size_t i = 0; reuse && i < 2 * DEPTH; i++) {
			DEED_INOUT_PART(part, &xs, 0, 1);
			(void)part;
		}
		for (size_t i = 1; i < DEPTH; i++)
			expect_silent(deed_end(&chain[i - 1], &chain[i]));
	}
	expect_fault(DEED_E12, deed_end(&xs, &chain[0]));
	deed_drop(&xs);
}

DEED_UNCHECKED Test(loan, ending_through_another_source_is_refused)
{
	deed_i32 xs = filled(LEN), ys = filled(LEN);
	deed_i32_inout v = deed_inout(&xs);

	expect_fault(DEED_E18, deed_end(&ys, &v));
	cr_expect(fault_count(deed_at(v, 0) = 1) == 0); /* nothing changed */
	deed_end(&xs, &v);
	deed_drop(&xs);
	deed_drop(&ys);

	xs = filled(LEN);
	v = deed_inout(&xs);
	{
		deed_i32_inout child = deed_inout(&v), grandchild = deed_inout(&child);

		/* Its source is `child`: not the owner, not the grandparent, not itself. */
		expect_fault(DEED_E18, deed_end(&xs, &grandchild));
		cr_expect(fault_count(deed_end(&v, &grandchild)) == 1);
		cr_expect(fault_count(deed_end(&grandchild, &grandchild)) == 1);
		expect_silent(deed_end(&child, &grandchild));
		expect_silent(deed_end(&v, &child));
		cr_expect(fault_count(deed_end(&v, &v)) == 1);
	}
	expect_silent(deed_end(&xs, &v));
	deed_drop(&xs);

	xs = filled(LEN);
	{
		deed_i32_borrowed a = deed_borrow(&xs), b = deed_borrow(&xs), c = deed_borrow(&a);

		expect_fault(DEED_E18, deed_end(&b, &c));
		expect_silent(deed_end(&a, &c));
		deed_end(&xs, &a);
		deed_end(&xs, &b);
	}
	deed_drop(&xs);
}

/* ---- empty and zeroed views ----------------------------------------------------------------- */

DEED_UNCHECKED Test(loan, an_empty_loan_is_not_recorded_and_pins_nothing)
{
	deed_i32 xs = filled(LEN), ys = DEED_EMPTY;
	deed_i32_inout v = deed_inout(&xs), none;
	deed_i32_borrowed empty;

	expect_silent(none = deed_inout_part(&v, 5, 5));
	expect_silent(empty = deed_borrow_part(&xs, 5, 5)); /* inside a live inout */
	cr_expect(deed_stats().live_loans == 1);
	cr_expect(deed_len(none) == 0 && deed_len(empty) == 0);
	expect_silent((void)deed_data(none));
	expect_silent((void)deed_data(empty));
	deed_end(&xs, &v);
	expect_silent(deed_move(&ys, &xs));
	expect_silent(deed_drop(&ys));
	expect_silent(deed_end(&xs, &empty));
	expect_silent(deed_end(&v, &none));
}

/* Called where the compiler cannot see the zeroes: it would warn of what it may not reach. */
static void copy_all(deed_i32_inout to, deed_i32_borrowed from)
{
	deed_copy(to, from);
}

Test(loan, a_zeroed_view_is_a_valid_empty_view)
{
	deed_i32_inout v = { 0 };
	deed_i32_borrowed r = { 0 }, part;
	void (*volatile copy_unseen)(deed_i32_inout, deed_i32_borrowed) = copy_all;
	deed_i32 xs = filled(LEN), copy = DEED_EMPTY;
	int err = -1;

	expect_silent({
		cr_expect(deed_len(v) == 0 && deed_len(r) == 0);
		cr_expect(deed_data(v) == NULL && deed_data(r) == NULL);
		part = deed_slice(r, 0, 0);
		part = deed_borrow(&part);
		part = deed_borrow_part(&v, 0, 0);
		deed_end(&v, &part);
		v = deed_reborrow(&v, 0, 0);
		copy_unseen(v, r);
		deed_fill(v, 1);
		err = deed_clone(&copy, &r);
		deed_end(&xs, &v);
		deed_end(&xs, &r);
	});
	cr_expect(err == 0 && deed_len(copy) == 0);
	deed_drop(&copy);
	expect_fault(DEED_E15, deed_at(v, 0) = 1);
	expect_fault(DEED_E15, part = deed_borrow_part(&r, 0, 1));
	deed_drop(&xs);
}

DEED_UNCHECKED Test(loan, an_empty_view_has_no_elements)
{
	deed_i32 xs = filled(LEN);
	deed_i32_inout v = deed_inout_part(&xs, 4, 4), w;

	expect_fault(DEED_E15, w = deed_inout_part(&v, 0, 1));
	(void)w;
	expect_silent(deed_drop(&xs));
}

/* ---- slices, readings, bytes: the same loan ------------------------------------------------- */

Test(loan, slices_and_readings_record_nothing)
{
	deed_i32 xs = filled(LEN);
	deed_i32_inout v = deed_inout(&xs);
	const deed_i32_inout a = deed_slice(v, 0, 6), b = deed_slice(v, 4, 10);
	const deed_i32_borrowed r = deed_reading(v);

	cr_expect(deed_stats().live_loans == 1);
	expect_silent({
		deed_at(a, 5) = 50; /* two overlapping slices are two copies of one view */
		deed_at(b, 1) = 51;
		cr_expect(deed_at(r, 5) == 51);
	});
	expect_silent(deed_end(&xs, &v));
	expect_fault(DEED_E11, deed_at(a, 0) = 1);
	cr_expect(fault_count((void)deed_data(r)) == 1);
	deed_drop(&xs);
}

Test(loan, a_loan_may_be_ended_through_a_slice_of_it)
{
	deed_i32 xs = filled(LEN);
	deed_i32_inout v = deed_inout(&xs), part = deed_slice(v, 3, 4);

	expect_silent(deed_end(&xs, &part));
	expect_fault(DEED_E11, (void)deed_data(v));
	deed_drop(&xs);
}

Test(loan, bytes_are_the_same_loan_in_bytes)
{
	deed_i32 xs = filled(LEN);
	deed_i32_inout v = deed_inout(&xs), clash;
	deed_u8_inout bytes = deed_bytes(v), part;

	cr_expect(deed_len(bytes) == LEN * sizeof(int));
	cr_expect(deed_stats().live_loans == 1);
	expect_silent(part = deed_inout_part(&bytes, 5, 6)); /* in the middle of element 1 */
	expect_silent(deed_at(v, 0) = 1);
	expect_silent(deed_at(v, 2) = 1);
	expect_fault(DEED_E13, deed_at(v, 1) = 1);
	cr_expect(fault_count(deed_at(bytes, 4) = 1) == 0);
	cr_expect(fault_count(deed_at(bytes, 5) = 1) == 1);
	cr_expect(fault_count(clash = deed_inout_part(&v, 1, 2)) == 1);
	(void)clash;
	expect_silent(deed_end(&bytes, &part));
	expect_silent(deed_end(&xs, &v));
	deed_drop(&xs);
}

Test(loan, a_view_of_another_element_size_is_a_type_mismatch)
{
	deed_i32 xs = filled(LEN);
	deed_i32_inout v = deed_inout(&xs);
	deed_f64_inout wrong;

	memcpy(&wrong, &v, sizeof wrong);
	expect_fault(DEED_E22, (void)deed_data(wrong));
	deed_end(&xs, &v);
	deed_drop(&xs);
}

/* ---- operands ------------------------------------------------------------------------------- */

Test(loan, copies_between_disjoint_parts_work_and_overlapping_ones_do_not)
{
	static const struct {
		size_t to, from, len;
		enum deed_fault fault;
	} copies[] = {
		{ 0, 5, 5, OK },       { 5, 0, 5, OK },	      { 0, 4, 5, DEED_E26 },
		{ 4, 0, 5, DEED_E26 }, { 2, 2, 3, DEED_E26 }, { 9, 9, 1, DEED_E26 },
		{ 8, 9, 1, OK },       { 3, 3, 0, OK },	      { 0, 0, 10, DEED_E26 },
	};

	for (size_t i = 0; i < ARRAY_LEN(copies); i++) {
		deed_i32 xs = filled(LEN);
		deed_i32_inout v = deed_inout(&xs);
		const deed_i32_inout to = deed_slice(v, copies[i].to, copies[i].to + copies[i].len);
		const deed_i32_inout from =
			deed_slice(v, copies[i].from, copies[i].from + copies[i].len);

		expect_fault(copies[i].fault, deed_copy(to, from));
		for (size_t k = 0; k < copies[i].len && copies[i].fault == OK; k++)
			cr_expect(deed_at(to, k) == (int)(copies[i].from + k));
		deed_end(&xs, &v);
		deed_drop(&xs);
	}
}

Test(loan, copies_of_different_lengths_are_out_of_bounds)
{
	deed_i32 xs = filled(LEN), ys = filled(LEN + 1);
	deed_i32_inout v = deed_inout(&xs);
	deed_i32_borrowed r = deed_borrow(&ys);

	expect_fault(DEED_E15, deed_copy(v, r));
	deed_end(&xs, &v);
	deed_end(&ys, &r);
	deed_drop(&xs);
	deed_drop(&ys);
}

/* ---- refused loans -------------------------------------------------------------------------- */

DEED_UNCHECKED Test(loan, a_refused_loan_is_a_view_of_the_true_memory_and_silent_from_then_on)
{
	deed_i32 xs = filled(LEN);
	deed_i32_inout v = deed_inout(&xs), refused = { 0 }, child;
	deed_i32_borrowed r;

	expect_fault(DEED_E09, refused = deed_inout(&xs));
	cr_expect(deed_len(refused) == LEN);
	cr_expect(refused.h.data == v.h.data);
	cr_expect(deed_stats().live_loans == 1);
	expect_silent({
		deed_at(refused, 3) = 3;
		(void)deed_data(refused);
		r = deed_borrow_part(&refused, 1, 2);
		cr_expect(deed_at(r, 0) == 1);
		child = deed_inout(&refused);
		deed_end(&refused, &child);
		deed_end(&refused, &r);
		deed_end(&xs, &refused);
	});
	expect_silent(deed_at(v, 0) = 1);
	deed_end(&xs, &v);
	deed_drop(&xs);
}

DEED_UNCHECKED Test(loan, a_refused_guard_is_silent)
{
	deed_i32 xs = filled(LEN);
	deed_i32_inout v = deed_inout(&xs);

	expect_fault(DEED_E09, {
		DEED_INOUT_PART(w, &xs, 3, 6);
		cr_expect(deed_len(w) == 3 && deed_at(w, 0) == 3);
	});
	cr_expect(trapped.count + trapped.follow_ons == 1);
	deed_end(&xs, &v);
	deed_drop(&xs);
}

DEED_UNCHECKED Test(loan, a_loan_of_memory_that_is_gone_is_zeroes_of_the_asked_length)
{
	deed_i32 xs = filled(LEN);
	deed_i32_borrowed r;

	deed_drop(&xs);
	expect_fault(DEED_E04, r = deed_borrow_part(&xs, 2, 7));
	cr_expect(deed_len(r) == 5 || deed_len(r) == 0);
	for (size_t i = 0; i < deed_len(r); i++)
		expect_silent(cr_expect(deed_at(r, i) == 0));
	expect_silent(deed_end(&xs, &r));
}

DEED_UNCHECKED Test(loan, past_the_end_of_a_dropped_buffer_is_use_after_drop)
{
	deed_i32 xs = filled(LEN), copy = xs;
	deed_i32_borrowed r;

	deed_drop(&xs);
	expect_fault(DEED_E04, r = deed_borrow_part(&xs, LEN, LEN + 1));
	(void)r;
	xs = filled(LEN);
	copy = xs;
	deed_drop(&xs);
	expect_fault(DEED_E04, r = deed_borrow_part(&copy, 0, SIZE_MAX));
	(void)r;
}

/* ---- guards --------------------------------------------------------------------------------- */

static int leave_early(deed_i32 *xs, int way)
{
	for (int i = 0; i < 3; i++) {
		DEED_INOUT(v, xs);
		DEED_INOUT_PART(left, &v, 0, 5);
		DEED_INOUT_PART(right, &v, 5, LEN);
		{
			DEED_BORROWED_PART(r, &left, 1, 2);
			if (way == 0)
				break;
			if (way == 1)
				continue;
			if (way == 2)
				return deed_at(r, 0);
			if (way == 3)
				goto out;
		}
		(void)right;
	}
out:
	return 0;
}

Test(loan, guards_end_with_their_block_however_it_is_left)
{
	deed_i32 xs = filled(LEN);

	for (int way = 0; way < 5; way++) {
		expect_silent((void)leave_early(&xs, way));
		cr_expect(deed_stats().live_loans == 0, "left in way %d", way);
	}
	expect_silent(deed_drop(&xs));
}

static deed_i32_borrowed escape(const deed_i32 *xs)
{
	DEED_BORROWED(r, xs);
	return r;
}

Test(loan, the_view_of_a_guard_does_not_outlive_its_block)
{
	deed_i32 xs = filled(LEN);
	deed_i32_borrowed r;
	volatile int seen;

	expect_silent(r = escape(&xs));
	expect_fault(DEED_E11, seen = deed_at(r, 0));
	(void)seen;
	deed_drop(&xs);
}

static size_t recurse(deed_i32_inout v, int depth)
{
	DEED_INOUT_PART(c, &v, 0, deed_len(v) - 1);

	deed_at(c, 0) += 1;
	return depth ? recurse(c, depth - 1) : deed_len(c);
}

Test(loan, guards_nest_through_recursion)
{
	deed_i32 xs = filled(2000);
	size_t len = 0;

	{
		DEED_INOUT(v, &xs);
		expect_silent(len = recurse(v, 1000));
		cr_expect(len == 2000 - 1001 && deed_at(v, 0) == 1001);
	}
	expect_silent(deed_drop(&xs));
}

/* ---- jumps ---------------------------------------------------------------------------------- */

static jmp_buf landing;

/* Far below its caller, so that nothing that the caller calls afterwards reaches its frame. */
static __attribute__((noinline)) void jump_over_guard(deed_i32 *xs, bool inout)
{
	volatile int32_t far_below[1024];

	far_below[0] = 0;
	if (inout) {
		DEED_INOUT(v, xs);
		deed_at(v, 0) = far_below[0];
		longjmp(landing, 1);
	} else {
		DEED_BORROWED(r, xs);
		far_below[0] = deed_at(r, 0);
		longjmp(landing, 1);
	}
}

Test(loan, a_jump_over_a_guard_is_told_at_the_next_guard_in_a_shallower_frame)
{
	deed_i32 xs = filled(LEN), ys = filled(LEN);

	if (!setjmp(landing))
		jump_over_guard(&xs, true);
	expect_fault(DEED_E14, {
		DEED_BORROWED(r, &ys);
		(void)r;
	});
	cr_expect(trapped.report.count == LEN);
	cr_expect(trapped_sites(DEED_ROLE_LENT_INOUT, 0) == 1);
	cr_expect(deed_stats().live_loans == 0); /* the loan is over */
	expect_silent({
		DEED_INOUT(v, &xs);
		deed_at(v, 0) = 1;
	});
	expect_silent(deed_drop(&xs));
	expect_silent(deed_drop(&ys));
}

Test(loan, a_jump_over_a_guard_is_told_at_a_conflict_with_it)
{
	for (volatile int verb = 0; verb < 2; verb++) {
		deed_i32 xs = filled(LEN);
		deed_i32_inout v;

		if (!setjmp(landing))
			jump_over_guard(&xs, verb);
		if (verb)
			expect_fault(DEED_E14, (v = deed_inout(&xs), deed_end(&xs, &v)));
		else
			expect_fault(DEED_E14, (v = deed_inout_part(&xs, 2, 3), deed_end(&xs, &v)));
		expect_silent(deed_drop(&xs));
	}
}

Test(loan, unwinding_ends_what_was_taken_since_the_mark)
{
	deed_i32 xs = filled(LEN), ys = filled(LEN);
	deed_i32_borrowed before = deed_borrow(&ys), plain;
	const uint64_t mark = deed_loans_mark();

	expect_silent({
		if (!setjmp(landing)) {
			plain = deed_borrow(&ys);
			(void)plain;
			jump_over_guard(&xs, true);
		}
		deed_loans_unwind(mark);
	});
	cr_expect(deed_stats().live_loans == 1);
	expect_silent({
		DEED_INOUT(v, &xs);
		deed_at(v, 0) = 1;
	});
	expect_silent(cr_expect(deed_at(before, 1) == 1));
	expect_silent(deed_end(&ys, &before));
	deed_drop(&xs);
	deed_drop(&ys);
}

DEED_UNCHECKED Test(loan, marks_nest)
{
	deed_i32 xs = filled(LEN);
	const uint64_t outer = deed_loans_mark();
	deed_i32_borrowed a = deed_borrow(&xs), b;
	uint64_t inner;

	inner = deed_loans_mark();
	b = deed_borrow(&xs);
	expect_silent(deed_loans_unwind(inner));
	cr_expect(deed_stats().live_loans == 1);
	expect_silent((void)deed_data(a));
	expect_silent(deed_loans_unwind(inner)); /* nothing since */
	cr_expect(deed_stats().live_loans == 1);
	expect_silent(deed_loans_unwind(outer));
	cr_expect(deed_stats().live_loans == 0);
	expect_fault(DEED_E11, (void)deed_data(b));
	(void)a;
	deed_drop(&xs);
}

Test(loan, unwinding_many_and_few_leaves_the_older_ones)
{
	deed_i32 xs = filled(LEN);
	deed_i32_borrowed old[50], young[5000];
	uint64_t mark;

	for (size_t i = 0; i < ARRAY_LEN(old); i++)
		old[i] = deed_borrow(&xs);
	mark = deed_loans_mark();
	for (size_t i = 0; i < ARRAY_LEN(young); i++)
		young[i] = i % 2 ? deed_borrow(&xs) : deed_borrow_part(&old[0], 0, 5);
	expect_silent(deed_loans_unwind(mark));
	cr_expect(deed_stats().live_loans == ARRAY_LEN(old));
	for (size_t i = 0; i < ARRAY_LEN(old); i++)
		expect_silent(deed_end(&xs, &old[i]));
	(void)young;
	deed_drop(&xs);
}

static void *exit_over_guard(void *xs)
{
	DEED_INOUT(v, (deed_i32 *)xs);

	deed_at(v, 0) = 1;
	pthread_exit(NULL); /* compiled without -fexceptions: no clean-up runs */
}

static atomic_uint seen_at_exit;

static void note_fault(const struct deed_report *report, void *context)
{
	(void)context;
	atomic_store(&seen_at_exit, (unsigned)report->fault);
}

Test(loan, a_guard_left_by_pthread_exit_is_told_at_the_threads_exit)
{
	deed_i32 xs = filled(LEN);
	pthread_t thread;

	deed_on_fault(note_fault, NULL);
	cr_assert(pthread_create(&thread, NULL, exit_over_guard, &xs) == 0);
	pthread_join(thread, NULL);
	cr_expect(atomic_load(&seen_at_exit) == DEED_E14, "%s",
		  trapped_id((enum deed_fault)atomic_load(&seen_at_exit)));
	deed_on_fault(trapped_handler, NULL);
	cr_expect(deed_stats().live_loans == 0);
	expect_silent(deed_drop(&xs));
}

/* What runs at exit() is deep in its stack too; this is deeper. */
static __attribute__((noinline)) void jump_from_far_below(deed_i32 *xs)
{
	char room[1 << 18];

	__asm__ volatile("" : : "r"(room) : "memory"); /* it is there, before ... */
	jump_over_guard(xs, true);
	__asm__ volatile("" : : "r"(room) : "memory"); /* ... and after: this is no tail call */
}

CHILD(ends_after_a_jump)
{
	static deed_i32 xs = DEED_EMPTY;

	require(deed_new(&xs, 10) == 0);
	deed_immortal(&xs);
	if (!setjmp(landing))
		jump_from_far_below(&xs);
}

Test(loan, a_jump_over_a_guard_is_told_at_the_end_of_the_program_at_the_latest)
{
	const struct child_result *const result = child_run("ends_after_a_jump", "", "");

	cr_expect(strstr(result->err, "E14") != NULL, "%s", result->err);
	cr_expect(result->signal == SIGABRT);
}

Test(loan, jumps_inside_a_guards_block_are_nobodys_business)
{
	deed_i32 xs = filled(LEN);

	expect_silent({
		DEED_INOUT(v, &xs);
		for (volatile int i = 0; i < 3; i++)
			if (!setjmp(landing))
				longjmp(landing, 1);
		deed_at(v, 0) = 1;
	});
	expect_silent(deed_drop(&xs));
}

DEED_UNCHECKED Test(loan, only_the_handle_that_owns_now_ends_a_loan)
{
	deed_i32 was = filled(LEN), is = DEED_EMPTY;
	deed_i32_borrowed view, child, of_another_life;

	deed_move(&is, &was);
	view = deed_borrow(&is);
	expect_fault(DEED_E18, deed_end(&was, &view));
	expect_silent(deed_end(&is, &view));

	view = deed_borrow_part(&is, 1, 3);
	cr_expect(fault_count(deed_end(&was, &view)) == 1);
	of_another_life = view;
	deed_end(&is, &view);
	deed_drop(&is);

	/* A parent that has ended, whose row another parent has now. */
	is = filled(LEN);
	do {
		view = deed_borrow(&is);
		if (((view.h.loan ^ of_another_life.h.loan) & 0xffffff) == 0)
			break;
		deed_end(&is, &view);
	} while (true);
	child = deed_borrow(&view);
	expect_fault(DEED_E18, deed_end(&of_another_life, &child));
	expect_silent(deed_end(&view, &child));
	deed_end(&is, &view);
	deed_drop(&is);
}

/* Views of memory that is gone are of zeroes, for as long as there are views. */
Test(loan, what_a_refused_loan_shows_stays_there)
{
	deed_i32 few = filled(10), many = filled(1000000), stale_few = few, stale_many = many;
	deed_i32_borrowed small, large;

	deed_drop(&few);
	deed_drop(&many);
	expect_fault(DEED_E04, small = deed_borrow(&stale_few));
	expect_fault(DEED_E04, large = deed_borrow(&stale_many));
	expect_silent(cr_expect(deed_at(large, 999999) == 0));
	expect_silent(cr_expect(deed_at(small, 9) == 0));
}

/* The block of the guard is not over. */
DEED_UNCHECKED Test(loan, a_guard_that_an_unwinding_has_ended_is_told_as_such)
{
	deed_i32 xs = filled(10);

	{
		const uint64_t mark = deed_loans_mark();
		DEED_INOUT(v, &xs);

		deed_loans_unwind(mark);
		expect_fault(DEED_E11, deed_at(v, 0) = 1);
		cr_expect(strstr(trapped.report.message, "ended in deed_loans_unwind() before"),
			  "%s", trapped.report.message);
		cr_expect(!strstr(trapped.report.text, "block") &&
				  strstr(trapped.report.text, "an unwinding ended the loan") &&
				  strstr(trapped.report.text, "after deed_loans_unwind() only"),
			  "%s", trapped.report.text);
	}
	deed_drop(&xs);
}
