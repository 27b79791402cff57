/* SPDX-License-Identifier: MIT
 *
 * tests/test_lend.c - DEED_LEND: run-time-checked restrict for memory of any origin.
 *
 * The question that decides most of it is whose child a lend is. Bytes that the caller
 * holds and its callee lends again are a reborrow; two lends of one invocation are
 * siblings and conflict where they overlap. So most tests are a caller and a callee. They
 * are kept out of line unless the test is about being inlined.
 */
#include "trapped.h"

#include "deed/arena.h"
#include "deed/malloc.h"

TestSuite(lend, .init = trapped_begin, .fini = trapped_end, .timeout = 60);

#define OUT_OF_LINE __attribute__((noinline))

/* ---- one invocation ------------------------------------------------------------------------- */

Test(lend, any_memory_can_be_lent_and_used_through_the_view_or_the_pointer)
{
	static float in_static[8];
	float on_stack[8] = { 0 };
	float *const on_heap = calloc(8, sizeof *on_heap);
	float *const all[] = { on_stack, on_heap, in_static };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		expect_silent({
			DEED_LEND(v, all[i], 8);

			cr_expect(deed_len(v) == 8 && deed_data(v) == all[i]);
			deed_at(v, 3) = 3;
			all[i][4] = 4;
			cr_expect(deed_at(v, 4) == 4);
			cr_expect(deed_stats().live_loans == 1);
		});
	cr_expect(deed_stats().live_loans == 0 && deed_stats().live_buffers == 0);
	cr_expect(on_stack[3] == 3 && on_heap[3] == 3 && in_static[3] == 3);
	free(on_heap);
}

/* How two ranges of one invocation lie, and whether they share a byte. */
static const struct overlap {
	size_t lo, hi, other_lo, other_hi;
	bool meets;
} overlaps[] = {
	{ 0, 8, 0, 8, true },  { 0, 4, 4, 8, false }, { 4, 8, 0, 4, false }, { 0, 5, 4, 8, true },
	{ 4, 8, 0, 5, true },  { 0, 8, 3, 4, true },  { 3, 4, 0, 8, true },  { 2, 3, 5, 6, false },
	{ 0, 8, 4, 4, false }, { 0, 0, 0, 8, false }, { 7, 8, 0, 7, false }, { 7, 8, 7, 8, true },
};

Test(lend, lends_of_one_invocation_conflict_exactly_where_they_overlap)
{
	for (size_t i = 0; i < ARRAY_LEN(overlaps); i++)
		for (int kinds = 0; kinds < 4; kinds++) {
			const struct overlap *const o = &overlaps[i];
			float values[8] = { 0 };
			float *const a = values + o->lo, *const b = values + o->other_lo;
			const size_t a_count = o->hi - o->lo, b_count = o->other_hi - o->other_lo;
			enum deed_fault expected = o->meets && kinds ? DEED_E09 : DEED_NO_FAULT;
			enum deed_fault got;

			trapped_arm(0);
			if (kinds == 0) {
				DEED_LEND_CONST(x, a, a_count);
				DEED_LEND_CONST(y, b, b_count);
			} else if (kinds == 1) {
				DEED_LEND_CONST(x, a, a_count);
				DEED_LEND(y, b, b_count);
			} else if (kinds == 2) {
				DEED_LEND(x, a, a_count);
				DEED_LEND_CONST(y, b, b_count);
			} else {
				DEED_LEND(x, a, a_count);
				DEED_LEND(y, b, b_count);
			}
			got = trapped_disarm();
			cr_expect(got == expected, "overlap %zu, kinds %d: expected %s, got %s", i,
				  kinds, trapped_id(expected), trapped_id(got));
			cr_expect(deed_stats().live_loans == 0);
		}
}

enum { BLUR_OUT_LINE = __LINE__ + 4 };

static OUT_OF_LINE void blur(float *out, const float *in, size_t count)
{
	DEED_LEND(o, out, count);
	DEED_LEND_CONST(i, in, count);

	for (size_t k = 0; k < count; k++)
		out[k] = in[k] / 2;
}

Test(lend, restrict_is_checked_and_both_sites_are_told)
{
	float values[20] = { 0 };

	expect_silent(blur(values, values + 10, 10));
	expect_silent(blur(values + 10, values, 10));
	expect_fault(DEED_E09, blur(values, values + 9, 10));
	cr_expect(trapped_sites(DEED_ROLE_HERE, BLUR_OUT_LINE + 1) == 1);
	cr_expect(trapped_sites(DEED_ROLE_LENT_INOUT, BLUR_OUT_LINE) == 1, "%s",
		  trapped.report.text);
	expect_fault(DEED_E09, blur(values, values, 1));
}

Test(lend, lends_in_a_loop_end_with_each_turn)
{
	float values[8] = { 0 };

	expect_silent(for (int turn = 0; turn < 1000; turn++) {
		DEED_LEND(v, values, 8);

		if (turn % 3 == 0)
			continue;
		deed_at(v, 0) += 1;
		if (turn == 997)
			break;
	});
	cr_expect(deed_stats().live_loans == 0);
}

Test(lend, a_lend_of_nothing_is_nothing)
{
	float values[4];
	float *const null = NULL;

	expect_silent({
		DEED_LEND(none, null, 0);
		DEED_LEND_CONST(nothing, null, 0);
		DEED_LEND(all, values, 4);
		DEED_LEND(some, values + 2, 0);
		DEED_LEND(past, values + 4, 0);

		cr_expect(deed_len(none) == 0 && deed_len(nothing) == 0 && deed_len(some) == 0);
		cr_expect(deed_len(past) == 0);
		cr_expect(deed_stats().live_loans == 1);
		(void)all;
	});
}

Test(lend, a_count_that_does_not_fit_memory_is_out_of_bounds)
{
	static const size_t counts[] = { SIZE_MAX, SIZE_MAX / 4, SIZE_MAX / 4 + 1, SIZE_MAX / 8 + 1,
					 (size_t)1 << 62 };

	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		double values[4] = { 0 };

		expect_fault(DEED_E15, {
			DEED_LEND(v, values, counts[i]);
			(void)v;
		});
		expect_fault(DEED_E15, {
			DEED_LEND_CONST(v, values, counts[i]);
			(void)v;
		});
		expect_silent(blur((float *)values, (float *)values + 4, 4));
	}
	cr_expect(deed_stats().live_loans == 0);
}

struct pixel {
	unsigned char r, g, b;
};

Test(lend, elements_may_be_structs_pointers_or_any_arithmetic_type)
{
	struct pixel pixels[4] = { { 1, 2, 3 } };
	const char *words[] = { "a", "b" };
	long double wide[2] = { 0 };
	char text[] = "text";
	int64_t numbers[3] = { 0 };

	expect_silent({
		DEED_LEND(p, pixels, 4);
		DEED_LEND(w, words, 2);
		DEED_LEND(l, wide, 2);
		DEED_LEND_CONST(t, text, 4);
		DEED_LEND(n, numbers, 3);
		deed_i64_inout as_family = n;

		deed_at(p, 1).g = 9;
		cr_expect(!strcmp(deed_at(w, 1), "b"));
		deed_at(l, 1) = 2;
		cr_expect(deed_at(t, 0) == 't');
		deed_at(as_family, 2) = 7;
	});
	cr_expect(pixels[1].g == 9 && wide[1] == 2 && numbers[2] == 7);
	expect_fault(DEED_E15, {
		DEED_LEND(p, pixels, 4);
		deed_at(p, 4).r = 0;
	});
}

Test(lend, views_of_a_lend_are_lent_on_as_all_views_are)
{
	float values[10] = { 0 };

	expect_silent({
		DEED_LEND(v, values, 10);
		DEED_INOUT_PART(left, &v, 0, 5);
		DEED_INOUT_PART(right, &v, 5, 10);

		deed_at(left, 4) = 1;
		deed_at(right, 0) = 2;
	});
	expect_fault(DEED_E13, {
		DEED_LEND(v, values, 10);
		DEED_INOUT_PART(left, &v, 0, 5);

		deed_at(v, 4) = 1;
		(void)left;
	});
	expect_fault(DEED_E11, {
		deed_f32_inout escaped;
		{
			DEED_LEND(v, values, 10);
			escaped = v;
		}
		deed_at(escaped, 0) = 1;
	});
}

Test(lend, views_of_a_lend_of_structs_are_lent_on_as_well)
{
	struct pixel pixels[12] = { { 1, 2, 3 } };

	expect_silent({
		DEED_LEND(v, pixels, 12);
		DEED_INOUT_PART(left, &v, 0, 6);
		DEED_INOUT_PART(right, &v, 6, 12);
		DEED_BORROWED_PART(first, &left, 0, 1);

		deed_at(right, 5).b = deed_at(first, 0).r;
	});
	cr_expect(pixels[11].b == 1);
	expect_silent({
		DEED_LEND_CONST(v, pixels, 12);
		DEED_BORROWED_PART(part, &v, 0, 6);
		DEED_TILE_BORROWED(column, &part, 3, 0, 2, 2, 1);

		cr_expect(deed_at(part, 0).g == 2 && deed_tile_rows(column) == 2);
	});
	expect_silent({
		DEED_LEND(v, pixels, 12);
		DEED_TILE_INOUT(left, &v, 4, 0, 0, 3, 2);
		DEED_TILE_INOUT(right, &v, 4, 0, 2, 3, 2);

		deed_at(deed_tile_row(left, 2), 1) = deed_at(deed_tile_row(right, 2), 1);
	});
	expect_fault(DEED_E09, {
		DEED_LEND(v, pixels, 12);
		DEED_INOUT_PART(left, &v, 0, 6);
		DEED_INOUT_PART(right, &v, 5, 12);
	});
	expect_fault(DEED_E13, {
		DEED_LEND(v, pixels, 12);
		DEED_INOUT_PART(left, &v, 0, 6);

		deed_at(v, 5).r = 1;
	});
	cr_expect(deed_stats().live_loans == 0);
}

/* ---- caller and callee ---------------------------------------------------------------------- */

static OUT_OF_LINE void write_all(float *p, size_t count)
{
	DEED_LEND(v, p, count);

	for (size_t i = 0; i < count; i++)
		deed_at(v, i) = (float)i;
}

static OUT_OF_LINE float read_all(const float *p, size_t count)
{
	DEED_LEND_CONST(v, p, count);
	float sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += deed_at(v, i);
	return sum;
}

static OUT_OF_LINE void pass_on(float *p, size_t count, int depth)
{
	DEED_LEND(v, p, count);

	if (depth)
		pass_on(p, count, depth - 1);
	else
		write_all(p + 1, count - 1);
	deed_at(v, 0) += 1;
}

Test(lend, a_callee_may_lend_what_its_caller_lent)
{
	float values[10] = { 0 };

	expect_silent({
		DEED_LEND(v, values, 10);

		write_all(values, 10);
		write_all(values + 3, 4);
		(void)read_all(values, 10);
		deed_at(v, 0) = 1; /* its suspension is over */
		pass_on(values, 10, 0);
	});
	expect_silent({
		DEED_LEND_CONST(v, values, 10);

		(void)read_all(values, 10);
		(void)read_all(values + 9, 1);
		(void)v;
	});
	cr_expect(deed_stats().live_loans == 0);
}

Test(lend, a_callee_may_lend_what_its_caller_holds_by_a_handle)
{
	deed_f32 xs = DEED_EMPTY;
	int err = deed_new(&xs, 10);

	cr_assert(err == 0);
	expect_silent({
		DEED_INOUT(v, &xs);
		float *const p = deed_data(v);

		write_all(p, 10);
		(void)read_all(p + 5, 5);
		pass_on(p, 10, 3);
		deed_at(v, 9) = 1;
	});
	expect_silent({
		DEED_BORROWED(r, &xs);

		(void)read_all(deed_data(r), 10);
		(void)deed_at(r, 0);
	});
	deed_drop(&xs);
}

Test(lend, recursion_lends_again)
{
	float values[600] = { 0 };

	expect_silent(pass_on(values, 600, 500));
	cr_expect(deed_stats().live_loans == 0);
}

static OUT_OF_LINE void sort(float *p, size_t count)
{
	DEED_LEND(v, p, count);
	float pivot;
	size_t at = 0;

	if (count < 2)
		return;
	pivot = p[count - 1];
	for (size_t i = 0; i < count; i++)
		if (p[i] < pivot) {
			const float was = p[i];

			p[i] = p[at];
			p[at++] = was;
		}
	p[count - 1] = p[at];
	p[at] = pivot;
	sort(p, at);
	sort(p + at + 1, count - at - 1);
	cr_expect(deed_at(v, at) == pivot);
}

Test(lend, divide_and_conquer_lends_the_halves_in_turn)
{
	float values[300];

	for (size_t i = 0; i < 300; i++)
		values[i] = (float)(i * 7919 % 300);
	expect_silent(sort(values, 300));
	for (size_t i = 0; i < 300; i++)
		cr_expect(values[i] == (float)i);
}

Test(lend, writing_what_the_caller_only_reads_is_refused)
{
	float values[10] = { 0 };
	deed_f32 xs = DEED_EMPTY;
	int err = deed_new(&xs, 10);

	cr_assert(err == 0);
	expect_fault(DEED_E10, {
		DEED_LEND_CONST(v, values, 10);

		write_all(values, 10);
		(void)v;
	});
	expect_fault(DEED_E10, {
		DEED_BORROWED(r, &xs);

		write_all((float *)(uintptr_t)deed_data(r), 10);
	});
	deed_drop(&xs);
}

Test(lend, one_invocation_does_not_lend_what_it_holds_itself)
{
	deed_f32 xs = DEED_EMPTY;
	int err = deed_new(&xs, 10);

	cr_assert(err == 0);
	expect_fault(DEED_E09, {
		DEED_INOUT(v, &xs);
		float *const p = deed_data(v);
		DEED_LEND(again, p, 10);

		(void)again;
	});
	deed_drop(&xs);
	err = deed_new(&xs, 10);
	cr_assert(err == 0);
	expect_silent({
		DEED_INOUT_PART(v, &xs, 0, 5);
		float *const p = deed_data(v);
		DEED_LEND(rest, p + 5, 5);

		(void)rest;
	});
	deed_drop(&xs);
}

static OUT_OF_LINE void add(float *to, const float *a, const float *b, size_t count)
{
	DEED_LEND(t, to, count);
	DEED_LEND_CONST(x, a, count);
	DEED_LEND_CONST(y, b, count);

	for (size_t i = 0; i < count; i++)
		to[i] = a[i] + b[i];
}

Test(lend, siblings_of_the_callee_conflict_though_the_caller_holds_them_all)
{
	float values[30] = { 0 };
	DEED_LEND(v, values, 30);

	expect_silent(add(values, values + 10, values + 20, 10));
	expect_silent(add(values, values + 10, values + 10, 10));
	expect_fault(DEED_E09, add(values, values, values + 10, 10));
	(void)v;
}

static OUT_OF_LINE void call_with(float *p, size_t count, void (*callback)(float *, size_t))
{
	DEED_LEND(v, p, count);

	callback(p, count);
	deed_at(v, 0) = 1;
}

static deed_f32_inout *held_by_test;

static OUT_OF_LINE void use_held(float *p, size_t count)
{
	(void)p;
	(void)count;
	deed_at(*held_by_test, 0) = 5;
}

static OUT_OF_LINE void lend_twice(float *p, size_t count)
{
	DEED_LEND(v, p, count);
	DEED_LEND(w, p + count / 2, count / 2);

	(void)v;
	(void)w;
}

Test(lend, a_callback_lends_on_and_its_own_siblings_conflict)
{
	float values[10];

	expect_silent(call_with(values, 10, write_all));
	expect_fault(DEED_E09, call_with(values, 10, lend_twice));
	cr_expect(deed_stats().live_loans == 0);
}

Test(lend, a_callback_that_uses_what_is_suspended_is_told)
{
	float values[10] = { 0 };

	expect_fault(DEED_E13, {
		DEED_LEND(v, values, 10);
		deed_f32_inout copy = v;

		held_by_test = &copy;
		call_with(values, 10, use_held);
	});
}

static deed_f32 *owner_of_test;

static OUT_OF_LINE void inout_of_owner(float *p, size_t count)
{
	DEED_INOUT(v, owner_of_test);

	(void)p;
	(void)count;
	(void)v;
}

Test(lend, a_callback_that_goes_through_the_owner_conflicts)
{
	deed_f32 xs = DEED_EMPTY;
	int err = deed_new(&xs, 10);
	float *raw;

	cr_assert(err == 0);
	{
		DEED_INOUT(v, &xs);
		raw = deed_data(v);
	}
	owner_of_test = &xs;
	expect_fault(DEED_E09, call_with(raw, 10, inout_of_owner));
	deed_drop(&xs);
}

Test(lend, what_is_only_partly_the_callers_conflicts)
{
	float values[20];

	expect_fault(DEED_E09, {
		DEED_LEND(v, values, 10);
		write_all(values + 5, 10);
		(void)v;
	});
	expect_fault(DEED_E09, {
		DEED_LEND(v, values + 5, 5);
		write_all(values, 20);
		(void)v;
	});
	expect_fault(DEED_E09, {
		DEED_LEND(left, values, 10);
		DEED_LEND(right, values + 10, 10);
		write_all(values + 9, 2); /* inside both, and inside neither */
		(void)left;
		(void)right;
	});
	expect_silent({
		DEED_LEND_CONST(v, values, 10);
		(void)read_all(values + 5, 10);
		(void)v;
	});
}

static OUT_OF_LINE void inner(float *all, int what)
{
	if (what == 0)
		write_all(all + 10, 10); /* inside the middle's [0, 50) */
	if (what == 1)
		write_all(all + 60, 10); /* inside the outermost alone */
	if (what == 2)
		write_all(all + 40, 20); /* inside the outermost, over the middle's edge */
}

static OUT_OF_LINE void middle(float *all, int what)
{
	DEED_LEND(v, all, 50);

	inner(all, what);
	deed_at(v, 0) = 0;
}

Test(lend, a_lend_is_the_child_of_the_innermost_loan_around_it)
{
	float values[100];

	for (int what = 0; what < 3; what++)
		expect_fault(what == 2 ? DEED_E09 : DEED_NO_FAULT, {
			DEED_LEND(v, values, 100);
			middle(values, what);
			deed_at(v, 99) = 0;
		});
}

/* ---- inlining ------------------------------------------------------------------------------- */

static inline __attribute__((always_inline)) void write_inlined(float *p, size_t count)
{
	DEED_LEND(v, p, count);

	for (size_t i = 0; i < count; i++)
		deed_at(v, i) = (float)i;
}

static inline __attribute__((always_inline)) void pass_on_inlined(float *p, size_t count)
{
	DEED_LEND(v, p, count);

	write_inlined(p, count);
	deed_at(v, 0) = 1;
}

static inline __attribute__((always_inline)) void blur_inlined(float *out, const float *in,
							       size_t count)
{
	DEED_LEND(o, out, count);
	DEED_LEND_CONST(i, in, count);

	(void)o;
	(void)i;
}

Test(lend, an_inlined_callee_is_another_invocation)
{
	float values[20] = { 0 };

	expect_silent({
		DEED_LEND(v, values, 20);

		write_inlined(values, 20);
		pass_on_inlined(values, 10);
		pass_on_inlined(values + 10, 10);
		blur_inlined(values, values + 10, 10);
		deed_at(v, 3) = 3;
	});
	expect_fault(DEED_E09, {
		DEED_LEND(v, values, 20);

		blur_inlined(values, values + 5, 10);
		(void)v;
	});
}

/* Small and static, so that compilers fold several levels into one frame at -O2 and above. */
static void count_down(float *p, size_t count)
{
	DEED_LEND(v, p, count);

	deed_at(v, 0) += 1;
	if (count > 1)
		count_down(p, count - 1);
}

Test(lend, inlined_recursion_lends_again)
{
	float values[64] = { 0 };

	expect_silent(count_down(values, 64));
	cr_expect(values[0] == 64 && deed_stats().live_loans == 0);
}

/* ---- known buffers -------------------------------------------------------------------------- */

enum while_lent { DROP, MOVE, RESIZE, RELEASE, BORROW, INOUT, SWAP };

static void while_lent(deed_f32 *xs, enum while_lent what)
{
	deed_f32 other = DEED_EMPTY;
	deed_f32_borrowed r;
	deed_f32_inout v;
	int err = 0;

	if (what == DROP)
		deed_drop(xs);
	if (what == MOVE)
		deed_move(&other, xs);
	if (what == RESIZE)
		err = deed_resize(xs, 99);
	if (what == RELEASE)
		(void)deed_release(xs);
	if (what == BORROW) {
		r = deed_borrow(xs);
		deed_end(xs, &r);
	}
	if (what == INOUT) {
		v = deed_inout(xs);
		deed_end(xs, &v);
	}
	if (what == SWAP)
		deed_swap(xs, &other);
	cr_expect(err == 0 || err == -EPERM);
	cr_expect(deed_owns(xs));
}

static OUT_OF_LINE void lend_and(float *p, size_t count, bool is_const, deed_f32 *xs,
				 enum while_lent what)
{
	if (is_const) {
		DEED_LEND_CONST(v, p, count);
		while_lent(xs, what);
		(void)v;
	} else {
		DEED_LEND(v, p, count);
		while_lent(xs, what);
		(void)v;
	}
}

Test(lend, a_lend_inside_a_known_buffer_is_a_loan_of_it)
{
	static const struct {
		enum while_lent what;
		enum deed_fault of_inout, of_const;
	} uses[] = {
		{ DROP, DEED_E08, DEED_E08 },	     { MOVE, DEED_E06, DEED_E06 },
		{ RESIZE, DEED_E07, DEED_E07 },	     { RELEASE, DEED_E08, DEED_E08 },
		{ BORROW, DEED_E09, DEED_NO_FAULT }, { INOUT, DEED_E09, DEED_E09 },
		{ SWAP, DEED_E06, DEED_E06 },
	};

	for (size_t i = 0; i < ARRAY_LEN(uses); i++)
		for (int is_const = 0; is_const < 2; is_const++)
			for (int part = 0; part < 3; part++) {
				static const size_t lo[] = { 0, 3, 9 }, count[] = { 10, 4, 1 };
				deed_f32 xs = DEED_EMPTY;
				enum deed_fault got,
					expected = is_const ? uses[i].of_const : uses[i].of_inout;
				int err = deed_new(&xs, 10);
				float *raw;

				cr_assert(err == 0);
				{
					DEED_INOUT(v, &xs);
					raw = deed_data(v);
				}
				got = fault_of(lend_and(raw + lo[part], count[part], is_const, &xs,
							uses[i].what));
				cr_expect(got == expected, "use %zu, const %d, part %d: %s", i,
					  is_const, part, trapped_id(got));
				deed_drop(&xs);
			}
}

/* The elements of what is lent by address are those of the pointer, whatever its memory is made of.
 */
static void use_as_floats(float *raw)
{
	float sum = 0;

	DEED_LEND(v, raw, 12);
	deed_fill(v, 2);
	(void)deed_data(v);
	deed_at(v, 3) = 3;
	{
		DEED_INOUT_PART(left, &v, 0, 6);
		DEED_INOUT_PART(right, &v, 6, 12);

		deed_copy(right, left);
		deed_fill(deed_slice(left, 1, 3), 4);
	}
	{
		DEED_TILE_INOUT(column, &v, 4, 0, 1, 3, 2);
		deed_u8_inout bytes = deed_bytes(v);

		deed_at(deed_tile_row(column, 2), 1) = deed_at(deed_bytes(v), 0);
		(void)bytes;
	}
	{
		deed_f32 copy = DEED_EMPTY;

		cr_assert(deed_clone(&copy, &v) == 0);
		deed_drop(&copy);
	}
	for (size_t i = 0; i < 12; i++)
		sum += deed_at(deed_reading(v), i);
	cr_expect(sum > 0);
}

static void use_as_other_elements(float *raw)
{
	deed_f64_inout wrong, wrong_part;

	DEED_LEND(v, raw, 12);
	memcpy(&wrong, &v, sizeof wrong);
	expect_fault(DEED_E22, (void)deed_data(wrong));
	cr_expect(fault_count(wrong_part = deed_inout_part(&wrong, 0, 2)) == 1);
	(void)wrong_part;
}

DEED_UNCHECKED Test(lend, the_elements_of_a_lend_are_those_of_its_pointer)
{
	struct pixel {
		float r, g, b;
	};
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_f64 of_doubles = DEED_EMPTY;
	deed_u8 of_bytes = DEED_EMPTY;
	void *const block = deed_malloc(48), *const blocks = deed_calloc(12, 4);
	void *const aligned = deed_aligned_alloc(64, 64);
	struct pixel *const pixels = deed_arena_new(&arena, struct pixel, 4);
	void *const carved = deed_arena_alloc(&arena, 48);
	int err = deed_new_zeroed(&of_doubles, 6) || deed_new_zeroed(&of_bytes, 48);

	cr_assert(!err && block && blocks && aligned && pixels && carved);
	{
		DEED_INOUT(doubles, &of_doubles);
		DEED_INOUT(bytes, &of_bytes);
		void *const all[] = { block,	       blocks, aligned,
				      &pixels->r,      carved, deed_data(doubles),
				      deed_data(bytes) };

		for (size_t i = 0; i < ARRAY_LEN(all); i++) {
			memset(all[i], 0, 48);
			expect_silent(use_as_floats(all[i]));
			use_as_other_elements(all[i]);
		}
	}
	deed_drop(&of_doubles);
	deed_drop(&of_bytes);
	deed_arena_close(&arena);
	deed_free(block);
	deed_free(blocks);
	deed_free(aligned);
}

static void lend_bytes(char *bytes, size_t count)
{
	DEED_LEND(v, bytes, count);
	deed_fill(v, 1);
}

Test(lend, what_has_ended_is_not_lent)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	struct deed_arena_mark mark;
	char *const block = deed_malloc(40), *const old = deed_malloc(40);
	char *const moved = deed_realloc(old, 80), *carved, *later, *dropped;
	deed_u8 xs = DEED_EMPTY, in_arena = DEED_EMPTY;
	int err = deed_new(&xs, 40) || deed_new_in(&in_arena, &arena, 40);

	cr_assert(!err && block && moved);
	carved = deed_arena_alloc(&arena, 40);
	mark = deed_arena_mark(&arena);
	later = deed_arena_alloc(&arena, 40);
	cr_assert(carved && later);
	{
		DEED_INOUT(v, &in_arena);

		dropped = (char *)deed_data(v);
	}
	expect_silent(lend_bytes(block, 40));
	expect_silent(lend_bytes(moved, 80));
	expect_silent(lend_bytes(carved, 40));
	expect_silent(lend_bytes(later, 40));
	expect_silent(lend_bytes(dropped, 40));
	deed_free(block);
	deed_arena_rewind(&arena, mark);
	deed_drop(&in_arena);
	expect_fault(DEED_E04, lend_bytes(block, 40));
	cr_expect(trapped_sites(DEED_ROLE_FREED, 0) == 1);
	expect_fault(DEED_E04, lend_bytes(old + 39, 1));
	cr_expect(trapped_sites(DEED_ROLE_RESIZED, 0) == 1);
	expect_fault(DEED_E21, lend_bytes(later, 40));
	expect_fault(DEED_E04, lend_bytes(dropped + 5, 2));
	expect_silent(lend_bytes(carved, 40));
	deed_arena_reset(&arena);
	expect_fault(DEED_E21, lend_bytes(carved, 40));
	deed_arena_close(&arena);
	deed_drop(&xs);
	deed_free(moved);
}

/* What lay there before has ended, and what lies there now is somebody's. */
Test(lend, memory_that_is_used_again_is_lent_as_it_is)
{
	struct deed_arena arena = DEED_ARENA_EMPTY;
	deed_u8 owner = DEED_EMPTY;
	static char memory[4096];
	char *carved, *released;

	for (int i = 0; i < 3; i++) {
		int err = deed_new_in(&owner, &arena, 100);

		carved = deed_arena_alloc(&arena, 1000);
		cr_assert(!err && carved);
		expect_silent(lend_bytes(carved, 1000));
		released = (char *)deed_release(&owner);
		expect_silent(lend_bytes(released, 100));
		deed_arena_reset(&arena);
	}
	deed_arena_close(&arena);
	for (int i = 0; i < 3; i++) {
		int err = deed_arena_open_over(&arena, memory, sizeof memory);

		cr_assert(!err);
		carved = deed_arena_alloc(&arena, 100);
		cr_assert(carved);
		expect_silent(lend_bytes(carved, 100));
		deed_arena_close(&arena);
		expect_silent(lend_bytes(memory, sizeof memory));
	}
	for (int i = 0; i < 3; i++) { /* more than the quarantine takes */
		void *const large = deed_malloc((size_t)1 << 26);
		char *mine;

		cr_assert(large);
		deed_free(large);
		mine = malloc((size_t)1 << 26);
		cr_assert(mine);
		expect_silent(lend_bytes(mine, (size_t)1 << 26));
		free(mine);
	}
}

Test(lend, a_lend_over_the_edges_of_buffers_is_a_loan_of_each)
{
	for (int which = 0; which < 2; which++) {
		float values[30];
		deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;
		int err = deed_adopt(&a, values + 5, 10, NULL, NULL) ||
			  deed_adopt(&b, values + 15, 10, NULL, NULL);

		cr_assert(err == 0);
		/* [0, 30): memory of nobody, a, b, and of nobody again. */
		expect_fault(DEED_E08, lend_and(values, 30, false, which ? &b : &a, DROP));
		expect_silent(lend_and(values, 5, false, &a, INOUT));
		expect_silent(lend_and(values + 25, 5, false, &b, INOUT));
		expect_silent(lend_and(values + 15, 10, false, &a, INOUT));
		cr_expect(deed_stats().live_loans == 0);
		deed_drop(&a);
		deed_drop(&b);
	}
}

Test(lend, a_lend_over_many_buffers_is_a_loan_of_each)
{
	enum { MANY = 1000 };
	static int32_t memory[MANY];
	static deed_i32 owners[MANY];
	int err = 0;

	for (size_t i = 0; i < MANY; i++)
		err |= deed_adopt(&owners[i], &memory[i], 1, NULL, NULL);
	cr_assert(!err);
	{
		DEED_LEND(all, memory, MANY);

		(void)all;
		for (size_t i = 0; i < MANY - 1; i++) { /* a buffer is reported once */
			deed_i32_borrowed r;

			expect_fault(DEED_E09, r = deed_borrow(&owners[i]));
			(void)r;
		}
	}
	{
		DEED_BORROWED(last, &owners[MANY - 1]);

		(void)last;
		expect_fault(DEED_E09, {
			DEED_LEND(all, memory, MANY);
			(void)all;
		});
	}
	for (size_t i = 0; i < MANY; i++)
		expect_silent(deed_drop(&owners[i]));
}

Test(lend, overlap_is_told_by_address_whatever_handle_it_came_through)
{
	float values[20];
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;
	int err = deed_adopt(&a, values, 12, NULL, NULL) ||
		  deed_adopt(&b, values + 8, 12, NULL, NULL);

	cr_assert(err == 0);
	expect_fault(DEED_E09, {
		DEED_INOUT(v, &a);
		DEED_LEND(w, values + 10, 10); /* b's memory, and a's */
		(void)v;
		(void)w;
	});
	expect_silent({
		DEED_INOUT_PART(v, &a, 0, 8);
		DEED_LEND(w, values + 8, 12);
		(void)v;
		(void)w;
	});
	expect_silent({
		DEED_BORROWED(r, &b);
		DEED_LEND_CONST(w, values, 20);
		(void)r;
		(void)w;
	});
	deed_drop(&a);
	deed_drop(&b);
}

/* ---- jumps and threads ---------------------------------------------------------------------- */

static jmp_buf landing;

static OUT_OF_LINE void jump_over_lend(float *p, size_t count)
{
	DEED_LEND(v, p, count);

	deed_at(v, 0) = 1;
	longjmp(landing, 1);
}

/* What the test calls afterwards is shallower than what this one calls. */
static OUT_OF_LINE void jump_from_below(float *p, size_t count)
{
	volatile char room[4096];

	room[0] = 1;
	jump_over_lend(p, count + (size_t)room[0] - 1);
}

Test(lend, a_jump_over_a_lend_is_told)
{
	static float values[10];
	const uint64_t mark = deed_loans_mark();

	if (!setjmp(landing))
		jump_from_below(values, 10);
	expect_fault(DEED_E14, write_all(values, 10));
	expect_silent(write_all(values, 10));
	if (!setjmp(landing))
		jump_from_below(values, 10);
	expect_silent(deed_loans_unwind(mark));
	expect_silent(write_all(values, 10));
	cr_expect(deed_stats().live_loans == 0);
}

/* Two threads, one step after the other. */
struct neighbour {
	float *p;
	size_t count;
	bool is_const;
	enum deed_fault fault;
};

static void *lend_on_a_thread(void *argument)
{
	struct neighbour *const neighbour = argument;

	if (neighbour->is_const)
		neighbour->fault = fault_of((void)read_all(neighbour->p, neighbour->count));
	else
		neighbour->fault = fault_of(write_all(neighbour->p, neighbour->count));
	return NULL;
}

static enum deed_fault fault_on_a_thread(float *p, size_t count, bool is_const)
{
	struct neighbour neighbour = { p, count, is_const, DEED_NO_FAULT };
	pthread_t thread;

	cr_assert(pthread_create(&thread, NULL, lend_on_a_thread, &neighbour) == 0);
	pthread_join(thread, NULL);
	return neighbour.fault;
}

Test(lend, another_threads_lend_is_no_reborrow)
{
	float values[10] = { 0 };

	{
		DEED_LEND(v, values, 5);
		cr_expect(fault_on_a_thread(values, 5, false) == DEED_E09);
		(void)v;
	}
	{
		DEED_LEND(v, values, 5);
		cr_expect(fault_on_a_thread(values + 4, 1, true) == DEED_E09);
		cr_expect(fault_on_a_thread(values + 5, 5, false) == DEED_NO_FAULT);
		(void)v;
	}
	{
		DEED_LEND_CONST(v, values, 5);
		cr_expect(fault_on_a_thread(values, 5, true) == DEED_NO_FAULT);
		(void)v;
	}
	{
		DEED_LEND_CONST(v, values, 5);
		cr_expect(fault_on_a_thread(values, 5, false) == DEED_E09);
		(void)v;
	}
	cr_expect(fault_on_a_thread(values, 10, false) == DEED_NO_FAULT);
	cr_expect(deed_stats().live_loans == 0);
}

Test(lend, another_threads_lend_conflicts_with_a_handles_loan)
{
	deed_f32 xs = DEED_EMPTY;
	int err = deed_new(&xs, 10);

	cr_assert(err == 0);
	{
		DEED_INOUT(v, &xs);
		cr_expect(fault_on_a_thread(deed_data(v), 10, true) == DEED_E09);
	}
	deed_drop(&xs);
}

Test(lend, many_lends_at_once_are_told_apart)
{
	enum { COUNT = 20000 };
	static float values[COUNT];
	size_t wrong = 0;

	/* Each level of the recursion of pass_on() is one; here they lie side by side. */
	expect_silent({
		for (size_t i = 0; i + 10 <= COUNT; i += 10) {
			DEED_LEND(a, values + i, 5);
			DEED_LEND(b, values + i + 5, 5);

			deed_at(a, 0) = 1;
			deed_at(b, 4) = 1;
			wrong += deed_stats().live_loans != 2;
		}
	});
	cr_expect(wrong == 0);
}

static jmp_buf out_of_lend;

static __attribute__((noinline)) void jump_out_of_lend(int32_t *memory, size_t count)
{
	DEED_LEND(v, memory, count);

	deed_at(v, 0) = 1;
	longjmp(out_of_lend, 1);
}

/* A lend over several buffers has a row in each, and gives each back once. */
Test(lend, unwinding_a_lend_of_several_buffers_leaves_no_row_twice)
{
	enum { MANY = 300 };
	static int32_t memory[64];
	static deed_i32 xs[MANY];
	static deed_i32_borrowed views[MANY];
	deed_i32 a = DEED_EMPTY, b = DEED_EMPTY;
	const uint64_t mark = deed_loans_mark();
	int err = deed_adopt(&a, memory, 16, NULL, NULL) ||
		  deed_adopt(&b, memory + 32, 16, NULL, NULL);

	if (!setjmp(out_of_lend))
		jump_out_of_lend(memory, 64);
	expect_silent(deed_loans_unwind(mark));
	cr_expect(deed_stats().live_loans == 0);
	for (size_t i = 0; i < MANY; i++)
		err |= deed_new_zeroed(&xs[i], 4);
	cr_assert(!err);
	for (size_t i = 0; i < MANY; i++)
		views[i] = deed_borrow(&xs[i]);
	cr_expect(deed_stats().live_loans == MANY);
	for (size_t i = 0; i < MANY; i++)
		expect_silent(deed_end(&xs[i], &views[i]));
	for (size_t i = 0; i < MANY; i++)
		deed_drop(&xs[i]);
	deed_drop(&a);
	deed_drop(&b);
}

static void lend_two(int32_t *p, int32_t *q)
{
	DEED_LEND(a, p, 8);
	DEED_LEND(b, q, 16);

	(void)a;
	(void)b;
}

static __attribute__((noinline)) void lend_and_use(int32_t *p, const deed_i32_inout *callers)
{
	DEED_LEND(a, p, 8);

	(void)a;
	deed_at(*callers, 1028) = 5;
}

/* The caller's lend goes over a known buffer; the callee's two are inside it, and over its edge. */
Test(lend, siblings_conflict_whatever_buffers_lie_under_the_callers_lend)
{
	static int32_t memory[4096];

	for (int which = 0; which < 2; which++) {
		deed_i32 x = DEED_EMPTY;
		const int err = deed_adopt(&x, memory + 1024, 16, NULL, NULL);

		cr_assert(!err);
		{
			DEED_LEND(v, memory, 4096);

			if (which)
				expect_fault(DEED_E13, lend_and_use(memory + 1024, &v));
			else
				expect_fault(DEED_E09, lend_two(memory + 1032, memory + 1036));
		}
		expect_silent(deed_drop(&x));
	}
}
