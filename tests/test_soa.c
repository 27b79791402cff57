/* SPDX-License-Identifier: MIT
 *
 * tests/test_soa.c - struct of arrays: what is right is silent, and what is wrong is told of the
 * column that it is about.
 */
#include "trapped.h"

#include "soa_model.h"

TestSuite(soa, .init = trapped_begin, .fini = trapped_end, .timeout = 120);

#define PARTICLE(FIELD) FIELD(float, x) FIELD(float, y) FIELD(float, vx) FIELD(uint32_t, id)
DEED_SOA(particles, PARTICLE);

#define SINGLE(FIELD) FIELD(uint8_t, only)
DEED_SOA(singles, SINGLE);

/* It never settles on these lines. */
/* clang-format off */
#define EIGHT(FIELD, a)                                                                            \
	FIELD(uint8_t, a##0) FIELD(uint16_t, a##1) FIELD(uint32_t, a##2) FIELD(uint64_t, a##3)     \
	FIELD(uint8_t, a##4) FIELD(uint8_t, a##5) FIELD(double, a##6) FIELD(uint8_t, a##7)
/* clang-format on */
#define MOST(FIELD) EIGHT(FIELD, a) EIGHT(FIELD, b) EIGHT(FIELD, c) EIGHT(FIELD, d)
DEED_SOA(mosts, MOST);

static particles made(size_t count)
{
	particles ps = DEED_EMPTY;
	const int err = deed_soa_new(&ps, count);
	particles ret = DEED_EMPTY;

	cr_assert(!err);
	for (size_t i = 0; i < count; i++)
		deed_soa_set(&ps, i, { .x = (float)i, .id = (uint32_t)i });
	deed_soa_move(&ret, &ps);
	return ret;
}

static bool says(const char *words)
{
	return strstr(trapped.report.message, words) != NULL;
}

/* ---- right ---------------------------------------------------------------------------------- */

Test(soa, columns_are_the_rows_of_an_array_of_structs)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		int wrong;

		expect_silent(wrong = model_run(seed, 60));
		cr_expect(!wrong, "seed %d, step %d", (int)seed, wrong);
	}
}

Test(soa, one_field_and_as_many_as_there_may_be)
{
	singles ss = DEED_EMPTY;
	mosts ms = DEED_EMPTY;
	int err = deed_soa_new(&ss, 0);

	cr_assert(!err);
	for (int i = 0; i < 300; i++) {
		err = deed_soa_push(&ss, { (uint8_t)i });
		cr_assert(!err);
	}
	cr_expect(deed_soa_get(&ss, 299).only == (uint8_t)299);
	err = deed_soa_new_zeroed(&ms, 5);
	cr_assert(!err);
	deed_soa_set(&ms, 4, { .a0 = 1, .b6 = 2.0, .d3 = 3, .d7 = 4 });
	err = deed_soa_resize(&ms, 1000);
	cr_assert(!err);
	{
		const mosts_row row = deed_soa_get(&ms, 4);
		DEED_SOA_BORROWED(d3, &ms, d3);

		cr_expect(row.a0 == 1 && row.b6 == 2.0 && row.d3 == 3 && row.d7 == 4 && !row.c2);
		cr_expect(deed_at(d3, 4) == 3);
	}
	deed_soa_drop(&ss);
	deed_soa_drop(&ms);
}

Test(soa, loans_of_different_fields_never_conflict)
{
	particles ps = made(100);

	expect_silent({
		DEED_SOA_INOUT(x, &ps, x);
		DEED_SOA_INOUT(y, &ps, y);
		DEED_SOA_BORROWED(vx, &ps, vx);
		DEED_SOA_BORROWED(again, &ps, vx);
		deed_u32_inout id = deed_soa_inout(&ps, id);

		for (size_t i = 0; i < deed_len(x); i++)
			deed_at(x, i) = deed_at(y, i) = (float)deed_at(id, i);
		deed_copy(y, x);
		deed_fill(x, 0.0f);
		deed_soa_end(&ps, &id);
		(void)vx;
		(void)again;
	});
	deed_soa_drop(&ps);
}

Test(soa, parts_of_a_column_are_its_children)
{
	particles ps = made(100);

	expect_silent({
		DEED_SOA_INOUT(x, &ps, x);
		DEED_INOUT_PART(left, &x, 0, 50);
		DEED_INOUT_PART(right, &x, 50, 100);

		deed_copy(left, right);
	});
	cr_expect(deed_soa_get(&ps, 0).x == 50.0f);
	deed_soa_drop(&ps);
}

static void hold(float *to, const float *from, size_t count)
{
	DEED_LEND(t, to, count);
	DEED_LEND_CONST(f, from, count);

	deed_copy(t, f);
}

Test(soa, columns_are_handed_on_by_address)
{
	particles ps = made(100);

	expect_silent({
		DEED_SOA_INOUT(y, &ps, y);
		DEED_SOA_BORROWED(x, &ps, x);

		hold(deed_data(y), deed_data(x), deed_len(x));
	});
	cr_expect(deed_soa_get(&ps, 70).y == 70.0f);
	deed_soa_drop(&ps);
}

DEED_UNCHECKED Test(soa, columns_of_no_rows_lend_nothing)
{
	particles ps = made(0);

	expect_silent({
		DEED_SOA_INOUT(x, &ps, x);
		DEED_SOA_INOUT(again, &ps, x);

		cr_expect(deed_len(x) == 0 && deed_len(again) == 0);
		deed_soa_drop(&ps);
	});
}

DEED_UNCHECKED Test(soa, the_same_length_is_no_resize_and_less_room_no_reserve)
{
	particles ps = made(10);

	expect_silent({
		DEED_SOA_BORROWED(x, &ps, x);

		cr_expect(!deed_soa_resize(&ps, 10));
		cr_expect(!deed_soa_reserve(&ps, 5));
		cr_expect(deed_soa_get(&ps, 9).x == deed_at(x, 9));
	});
	deed_soa_drop(&ps);
}

Test(soa, metadata_and_clean_up)
{
	const particles none = DEED_EMPTY;
	particles ps = DEED_EMPTY;

	expect_silent({
		DEED_SOA_AUTO(particles, automatic);
		cr_expect(!deed_soa_owns(&automatic) && deed_soa_len(none) == 0);
		cr_expect(!deed_soa_new(&automatic, 3));
		deed_soa_move(&automatic, &automatic);
		cr_expect(deed_soa_owns(&automatic) && deed_soa_len(automatic) == 3);
		deed_soa_drop(&ps);
		deed_soa_settle(&ps);
		ps = made(4);
		deed_soa_settle(&ps);
		deed_soa_settle(&ps);
	});
}

Test(soa, what_does_not_fit_is_an_error_and_changes_nothing)
{
	particles ps = DEED_EMPTY;
	int err;

	expect_silent({
		err = deed_soa_new(&ps, SIZE_MAX);
		cr_expect(err == -EOVERFLOW && !deed_soa_owns(&ps));
		err = deed_soa_new(&ps, SIZE_MAX / 8);
		cr_expect(err == -EOVERFLOW && !deed_soa_owns(&ps));
		ps = made(3);
		err = deed_soa_resize(&ps, SIZE_MAX / 4);
		cr_expect(err == -EOVERFLOW);
		err = deed_soa_reserve(&ps, SIZE_MAX);
		cr_expect(err == -EOVERFLOW);
		cr_expect(deed_soa_len(ps) == 3 && deed_soa_get(&ps, 2).id == 2);
	});
	deed_soa_drop(&ps);
}

/* ---- wrong ---------------------------------------------------------------------------------- */

DEED_UNCHECKED Test(soa, one_field_is_lent_by_the_rules_of_a_buffer)
{
	particles ps = made(10), qs = made(10);
	deed_f32_inout x = deed_soa_inout(&ps, x);
	deed_f32_borrowed y = deed_soa_borrow(&qs, y);

	expect_fault(DEED_E09, {
		DEED_SOA_BORROWED(again, &ps, x);
		(void)again;
	});
	cr_expect(says("`ps.x` cannot be borrowed here"), "%s", trapped.report.message);
	expect_fault(DEED_E09, {
		DEED_SOA_INOUT(again, &qs, y);
		(void)again;
	});
	deed_soa_end(&ps, &x);
	deed_soa_end(&qs, &y);
	deed_soa_drop(&ps);
	deed_soa_drop(&qs);
}

DEED_UNCHECKED Test(soa, nothing_happens_to_the_owner_while_a_column_is_lent)
{
	particles to = DEED_EMPTY;
	int err = 0;

#define WHILE_LENT(fault, ...)                                                                     \
	do {                                                                                       \
		particles ps = made(10);                                                           \
		deed_f32_borrowed x = deed_soa_borrow(&ps, x);                                     \
                                                                                                   \
		expect_fault(fault, __VA_ARGS__);                                                  \
		cr_expect(trapped_sites(DEED_ROLE_LENT_BORROWED, 0) == 1);                         \
		cr_expect(deed_soa_owns(&ps) && deed_soa_len(ps) == 10);                           \
		cr_expect(!deed_soa_owns(&to) && deed_soa_len(to) == 0);                           \
		deed_soa_end(&ps, &x);                                                             \
		deed_soa_drop(&ps);                                                                \
	} while (0)

	WHILE_LENT(DEED_E06, deed_soa_move(&to, &ps));
	WHILE_LENT(DEED_E08, deed_soa_drop(&ps));
	WHILE_LENT(DEED_E08, deed_soa_settle(&ps));
	WHILE_LENT(DEED_E07, err = deed_soa_resize(&ps, 11));
	cr_expect(err == -EPERM);
	WHILE_LENT(DEED_E07, err = deed_soa_resize(&ps, 1));
	WHILE_LENT(DEED_E07, err = deed_soa_reserve(&ps, 1000));
	WHILE_LENT(DEED_E07, err = deed_soa_push(&ps, { .x = 1 }));
	cr_expect(err == -EPERM);
	WHILE_LENT(DEED_E13, deed_soa_set(&ps, 3, { .x = 1 }));
#undef WHILE_LENT
}

DEED_UNCHECKED Test(soa, a_row_is_read_beside_readers_and_not_beside_a_writer)
{
	particles ps = made(10), qs = made(10);
	particles_row rows[10];

	expect_silent({
		DEED_SOA_BORROWED(x, &ps, x);

		cr_expect(deed_soa_get(&ps, 3).x == deed_at(x, 3));
		deed_soa_to(rows, &ps);
	});
	{
		DEED_SOA_INOUT(x, &ps, x);
		DEED_SOA_INOUT(y, &qs, y);

		expect_fault(DEED_E13, (void)deed_soa_get(&ps, 3));
		cr_expect(says("`ps.x` is lent"), "%s", trapped.report.message);
		expect_fault(DEED_E13, deed_soa_to(rows, &qs));
		(void)x;
		(void)y;
	}
	deed_soa_drop(&ps);
	deed_soa_drop(&qs);
}

DEED_UNCHECKED Test(soa, handles_that_own_nothing)
{
	particles none = DEED_EMPTY, moved = made(4), to = DEED_EMPTY, dropped = made(4);
	particles_row row;
	int err = 0;

	deed_soa_move(&to, &moved);
	deed_soa_drop(&dropped);
	expect_fault(DEED_E01, err = deed_soa_push(&none, { .x = 1 }));
	expect_fault(DEED_E01, row = deed_soa_get(&none, 0));
	expect_fault(DEED_E01, {
		DEED_SOA_INOUT(x, &none, x);
		(void)x;
	});
	expect_fault(DEED_E03, deed_soa_drop(&moved));
	expect_fault(DEED_E04, {
		DEED_SOA_BORROWED(x, &dropped, x);
		(void)x;
	});
	cr_expect(fault_count(deed_soa_drop(&dropped)) == 1); /* a follow-on of the E04 */
	cr_expect(fault_count(err = deed_soa_new(&to, 9)) == 1);
	cr_expect(deed_soa_len(to) == 4);
	deed_soa_drop(&to);
	(void)row;
	(void)err;
}

/* Whether the columns moved or not: what a copy says of the rows is wrong. */
DEED_UNCHECKED Test(soa, a_copy_of_the_handle_is_stale_when_the_length_has_changed)
{
	int err = 0;

#define AFTER(...)                                                                                 \
	do {                                                                                       \
		particles ps = made(4), copy;                                                      \
                                                                                                   \
		memcpy(&copy, &ps, sizeof ps);                                                     \
		expect_silent(__VA_ARGS__);                                                        \
		cr_expect(!err);                                                                   \
		expect_fault(DEED_E04, (void)deed_soa_get(&copy, 3));                              \
		cr_expect(says("resized through another copy"), "%s", trapped.report.message);     \
		cr_expect(trapped_sites(DEED_ROLE_RESIZED, 0) == 1);                               \
		expect_silent(deed_soa_drop(&ps));                                                 \
	} while (0)

	AFTER(err = deed_soa_push(&ps, { .x = 1 }));
	AFTER(err = deed_soa_resize(&ps, 5));
	AFTER(err = deed_soa_resize(&ps, 0));
	AFTER(err = deed_soa_resize(&ps, 5000));
	AFTER(err = deed_soa_reserve(&ps, 5000));
	AFTER(for (int i = 0; !err && i < 1000; i++) err = deed_soa_push(&ps, { .x = 1 }));
#undef AFTER
}

DEED_UNCHECKED Test(soa, a_copy_of_the_handle_is_good_while_the_length_stays)
{
	particles ps = made(4), copy;
	int err;

	memcpy(&copy, &ps, sizeof ps);
	expect_silent({
		err = deed_soa_resize(&ps, 4);
		cr_expect(!err);
		err = deed_soa_reserve(&ps, 9);
		cr_expect(!err && deed_soa_get(&copy, 3).id == 3);
	});
	deed_soa_drop(&ps);
}

/* Pushes of one line are one event: what happened before them is told still. */
DEED_UNCHECKED Test(soa, many_pushes_do_not_make_the_ledger_forget_a_move)
{
	particles ps = made(4), copy, to = DEED_EMPTY;
	int err = 0;

	memcpy(&copy, &ps, sizeof ps);
	deed_soa_move(&to, &ps);
	for (int i = 0; !err && i < 50; i++)
		err = deed_soa_push(&to, { .x = 1 });
	cr_assert(!err);
	expect_fault(DEED_E03, (void)deed_soa_get(&copy, 3));
	cr_expect(says("moved to `to`"), "%s", trapped.report.message);
	deed_soa_drop(&to);
}

DEED_UNCHECKED Test(soa, what_is_not_there)
{
	particles ps = made(10), qs = made(10), rs = made(10), other = made(1);
	deed_f32_inout x = deed_soa_inout(&qs, x);
	deed_f32_inout y = deed_soa_inout(&other, y);

	expect_fault(DEED_E15, (void)deed_soa_get(&ps, 10));
	cr_expect(says("row 10 of `ps`"), "%s", trapped.report.message);
	expect_fault(DEED_E15, (void)deed_at(x, 10));
	expect_fault(DEED_E15, deed_soa_set(&rs, SIZE_MAX, { .x = 1 }));
	expect_fault(DEED_E18, deed_soa_end(&ps, &y));
	deed_soa_drop(&rs);
	deed_soa_end(&qs, &x);
	cr_expect(fault_count(deed_at(x, 0) = 1) == 1);
	deed_soa_drop(&ps);
	deed_soa_drop(&qs);
	deed_soa_end(&other, &y);
	deed_soa_drop(&other);
}

DEED_UNCHECKED Test(soa, parts_of_a_column_count_from_its_first_element)
{
	particles ps = made(100);
	DEED_SOA_INOUT(id, &ps, id);

	expect_fault(DEED_E09, {
		DEED_INOUT_PART(one, &id, 10, 20);
		DEED_INOUT_PART(two, &id, 19, 30);

		(void)one;
		(void)two;
	});
	cr_expect(trapped.report.sites[0].lo == 19 && trapped.report.sites[0].hi == 30);
	cr_expect(trapped.report.sites[1].lo == 10 && trapped.report.sites[1].hi == 20);
	trapped_leaves = true;
}

DEED_UNCHECKED Test(soa, a_view_of_another_type_is_told)
{
	particles ps = made(10);
	DEED_SOA_INOUT(x, &ps, x);
	deed_f64_inout wrong;

	memcpy(&wrong, &x, sizeof wrong);
	expect_fault(DEED_E22, (void)deed_data(wrong));
	trapped_leaves = true;
}
