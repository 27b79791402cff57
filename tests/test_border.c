/* SPDX-License-Identifier: MIT
 *
 * tests/test_border.c - memory that deed did not allocate: adopted, static, released.
 */
#include "trapped.h"

#include <sys/mman.h>

#include "deleter.h"

TestSuite(border, .init = trapped_begin, .fini = trapped_end, .timeout = 60);

DEED_UNCHECKED Test(border, the_deleter_runs_once_at_the_drop_with_address_bytes_and_context)
{
	float elements[10] = { 0 };
	deed_f32 xs = DEED_EMPTY;
	int context, err = -1;

	expect_silent(err = deed_adopt(&xs, elements, 10, tell, &context));
	cr_expect(err == 0 && deed_len(xs) == 10 && deed_owns(&xs));
	cr_expect(deed_stats().foreign_buffers == 1);
	{
		DEED_INOUT(v, &xs);
		expect_silent(deed_at(v, 9) = 9);
		cr_expect(deed_data(v) == elements);
	}
	cr_expect(told.runs == 0 && elements[9] == 9);
	expect_silent(deed_drop(&xs));
	cr_expect(told.runs == 1 && told.data == elements && told.context == &context);
	cr_expect(told.bytes == sizeof elements);
	expect_fault(DEED_E05, deed_drop(&xs));
	expect_silent(deed_settle(&xs));
	cr_expect(told.runs == 1);
	cr_expect(deed_stats().foreign_buffers == 0);
}

Test(border, a_null_deleter_does_nothing)
{
	float elements[4] = { 1, 2, 3, 4 };
	deed_f32 xs = DEED_EMPTY;
	int err = deed_adopt(&xs, elements, 4, NULL, NULL);

	cr_assert(err == 0);
	expect_silent(deed_drop(&xs));
	cr_expect(elements[3] == 4);
}

static void unmap(void *data, size_t bytes, void *context)
{
	(void)context;
	cr_expect(munmap(data, bytes) == 0);
	told.runs++;
}

Test(border, a_mapping_is_adopted_by_its_void_pointer)
{
	void *const pages =
		mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	deed_u8 bytes = DEED_EMPTY;
	int err = deed_adopt(&bytes, pages, 8192, unmap, NULL);

	cr_assert(err == 0);
	{
		DEED_INOUT(v, &bytes);
		expect_silent(deed_fill(v, 7));
	}
	expect_silent(deed_drop(&bytes));
	cr_expect(told.runs == 1);
}

static void drop_the_other(void *data, size_t bytes, void *context)
{
	deed_f32 *const other = context;
	float again[4];
	deed_f32 xs = DEED_EMPTY;
	int err;

	(void)data;
	(void)bytes;
	deed_drop(other);
	err = deed_adopt(&xs, again, 4, NULL, NULL);
	cr_expect(err == 0);
	deed_drop(&xs);
}

Test(border, a_deleter_may_use_deed_itself)
{
	float elements[4];
	deed_f32 xs = DEED_EMPTY, other = DEED_EMPTY;
	int err = deed_new(&other, 10) || deed_adopt(&xs, elements, 4, drop_the_other, &other);

	cr_assert(err == 0);
	expect_silent(deed_drop(&xs));
	cr_expect(!deed_owns(&other));
}

Test(border, what_cannot_be_adopted_is_an_error_and_stays_the_callers)
{
	double storage[4];
	deed_f64 xs = DEED_EMPTY;
	const deed_f64 was = xs;
	int err;

	expect_silent({
		err = deed_adopt(&xs, (double *)NULL, 4, tell, NULL);
		cr_expect(err == -EINVAL);
		err = deed_adopt(&xs, (void *)((char *)storage + 1), 2, tell, NULL);
		cr_expect(err == -EINVAL);
		err = deed_adopt(&xs, (void *)((char *)storage + 4), 2, tell, NULL);
		cr_expect(err == -EINVAL);
		err = deed_adopt(&xs, storage, SIZE_MAX, tell, NULL);
		cr_expect(err == -EOVERFLOW);
		err = deed_adopt(&xs, storage, SIZE_MAX / 8 + 1, tell, NULL);
		cr_expect(err == -EOVERFLOW);
		err = deed_static(&xs, (const double *)NULL, 4);
		cr_expect(err == -EINVAL);
		err = deed_static(&xs, (const void *)((char *)storage + 2), 1);
		cr_expect(err == -EINVAL);
		err = deed_static(&xs, storage, SIZE_MAX);
		cr_expect(err == -EOVERFLOW);
	});
	cr_expect(!memcmp(&was, &xs, sizeof xs) && told.runs == 0);
	cr_expect(deed_stats().foreign_buffers == 0);
}

Test(border, one_base_is_adopted_once)
{
	float elements[10];
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;
	int err = deed_adopt(&xs, elements, 10, tell, NULL);

	cr_assert(err == 0);
	expect_fault(DEED_E18, err = deed_adopt(&ys, elements, 10, tell, NULL));
	cr_expect(err == -EPERM && !deed_owns(&ys));
	deed_drop(&xs);
	cr_expect(told.runs == 1);
	expect_silent(err = deed_adopt(&ys, elements, 5, tell, NULL));
	cr_expect(err == 0);
	expect_silent(deed_drop(&ys));
	cr_expect(told.runs == 2 && told.bytes == 5 * sizeof(float));
}

Test(border, the_base_of_deeds_own_buffer_is_not_adopted)
{
	deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;
	void *base;
	int err = deed_new(&xs, 10);

	cr_assert(err == 0);
	{
		DEED_INOUT(v, &xs);
		base = deed_data(v);
	}
	expect_fault(DEED_E18, err = deed_adopt(&ys, base, 10, tell, NULL));
	cr_expect(err == -EPERM && told.runs == 0);
	deed_drop(&xs);
}

Test(border, a_resized_foreign_buffer_becomes_an_ordinary_one)
{
	float elements[10] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	deed_f32 xs = DEED_EMPTY;
	int err = deed_adopt(&xs, elements, 10, tell, NULL);

	cr_assert(err == 0);
	expect_silent(err = deed_resize(&xs, 20));
	cr_expect(err == 0 && told.runs == 1 && told.data == elements);
	cr_expect(told.bytes == sizeof elements);
	cr_expect(deed_stats().foreign_buffers == 0);
	{
		DEED_BORROWED(r, &xs);
		for (size_t i = 0; i < 10; i++)
			expect_silent(cr_expect(deed_at(r, i) == (float)i));
		cr_expect(deed_data(r) != elements);
	}
	expect_silent(deed_drop(&xs));
	cr_expect(told.runs == 1);
}

DEED_UNCHECKED Test(border, release_gives_the_memory_back_and_forgets_the_deleter)
{
	float elements[10];
	deed_f32 xs = DEED_EMPTY;
	float *raw;
	int err = deed_adopt(&xs, elements, 10, tell, NULL);

	cr_assert(err == 0);
	expect_silent(raw = deed_release(&xs));
	cr_expect(raw == elements && !deed_owns(&xs) && told.runs == 0);
	cr_expect(deed_stats().foreign_buffers == 0);
	expect_fault(DEED_E04, (void)deed_borrow(&xs));
	expect_silent(err = deed_adopt(&xs, raw, 10, tell, NULL));
	cr_expect(err == 0);
	deed_drop(&xs);
	cr_expect(told.runs == 1);
}

Test(border, released_memory_of_new_is_frees)
{
	static const size_t aligns[] = { 16, 64, 4096 };

	for (size_t i = 0; i < ARRAY_LEN(aligns); i++)
		for (int resized = 0; resized < 2; resized++) {
			deed_f32 xs = DEED_EMPTY;
			float *raw;
			int err = deed_new_aligned(&xs, 100, aligns[i]);

			cr_assert(err == 0);
			{
				DEED_INOUT(v, &xs);
				deed_at(v, 0) = 1;
				deed_at(v, 99) = 2;
			}
			if (resized)
				err = deed_resize(&xs, 200);
			cr_assert(err == 0);
			expect_silent(raw = deed_release(&xs));
			cr_expect(raw[0] == 1 && raw[99] == 2);
			free(raw);
		}
}

DEED_UNCHECKED Test(border, release_faults_as_drop_does_and_gives_null)
{
	deed_f32 xs = DEED_EMPTY;
	float *raw = (float *)&xs;
	deed_f32_borrowed r;
	int err;

	expect_fault(DEED_E01, raw = deed_release(&xs));
	cr_expect(raw == NULL);
	err = deed_new(&xs, 3);
	cr_assert(err == 0);
	r = deed_borrow(&xs);
	expect_fault(DEED_E08, raw = deed_release(&xs));
	cr_expect(raw == NULL && deed_owns(&xs));
	deed_end(&xs, &r);
	expect_silent(free(deed_release(&xs)));
}

static const float table[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

Test(border, static_data_is_borrowed_and_nothing_else)
{
	for (int verb = 0; verb < 6; verb++) {
		deed_f32 xs = DEED_EMPTY, ys = DEED_EMPTY;
		deed_f32_inout v = { 0 };
		enum deed_fault expected, got;
		int err = deed_static(&xs, table + verb, 2);

		cr_assert(err == 0);
		expect_silent({
			DEED_BORROWED(r, &xs);
			cr_expect(deed_at(r, 1) == table[verb + 1] && deed_len(xs) == 2);
			cr_expect(deed_data(r) == table + verb); /* no copy */
		});
		trapped_arm(0);
		switch (verb) {
		case 0:
			expected = DEED_E18;
			deed_drop(&xs);
			break;
		case 1:
			expected = DEED_E10;
			v = deed_inout(&xs);
			break;
		case 2:
			expected = DEED_E10;
			v = deed_inout_part(&xs, 0, 1);
			break;
		case 3:
			expected = DEED_E18;
			err = deed_resize(&xs, 4);
			cr_expect(err == -EPERM);
			break;
		case 4:
			expected = DEED_NO_FAULT;
			deed_move(&ys, &xs);
			break;
		default:
			expected = DEED_NO_FAULT;
			err = deed_clone(&ys, &xs);
			cr_expect(err == 0);
			deed_drop(&ys);
			break;
		}
		got = trapped_disarm();
		cr_expect(got == expected, "verb %d: expected %s, got %s", verb,
			  trapped_id(expected), trapped_id(got));
		(void)v;
	}
	trapped_leaves = true; /* static owners need no drop */
}

CHILD(keeps_static_and_adopted_without_deleter)
{
	static deed_f32 xs = DEED_EMPTY;

	require(deed_static(&xs, table, 8) == 0);
}

Test(border, a_static_owner_is_never_a_leak)
{
	expect_clean_exit(child_run("keeps_static_and_adopted_without_deleter", "", ""));
}

CHILD(forgets_adopted)
{
	static float elements[4];
	static deed_f32 xs = DEED_EMPTY;

	require(deed_adopt(&xs, elements, 4, tell, NULL) == 0);
}

Test(border, an_adopted_buffer_that_is_never_dropped_is_a_leak)
{
	const struct child_result *const result = child_run("forgets_adopted", "", "");

	cr_expect(result->signal == SIGABRT && strstr(result->err, "E17"), "%s", result->err);
}

DEED_UNCHECKED Test(border, adopted_buffers_are_reported_as_adopted)
{
	float elements[4];
	deed_f32 xs = DEED_EMPTY;
	unsigned line;
	int err;

	err = deed_adopt(&xs, elements, 4, tell, NULL), line = __LINE__;
	cr_assert(err == 0);
	deed_drop(&xs);
	expect_fault(DEED_E05, deed_drop(&xs));
	cr_expect(trapped_sites(DEED_ROLE_ADOPTED, line) == 1);
	cr_expect(trapped_sites(DEED_ROLE_DROPPED, line + 2) == 1);
	cr_expect(!strcmp(trapped.report.kind, "foreign"));
}

Test(border, thousands_of_adoptions_come_and_go_in_any_order)
{
	enum { COUNT = 5000 };
	static float elements[COUNT];
	static deed_f32 xs[COUNT];
	int err = 0;

	expect_silent({
		for (size_t i = 0; i < COUNT; i++)
			err |= deed_adopt(&xs[i], &elements[i], 1, tell, &elements[i]);
		for (size_t i = 0; i < COUNT; i++)
			deed_drop(&xs[i * 1237 % COUNT]);
	});
	cr_expect(err == 0 && told.runs == COUNT);
	cr_expect(deed_stats().foreign_buffers == 0);
}

static const int32_t constants[4] = { 1, 2, 3, 4 };

static deed_i32_borrowed borrow_from_a_local_owner(void)
{
	deed_i32 owner = DEED_EMPTY;

	require(deed_static(&owner, constants, 4) == 0);
	return deed_borrow(&owner);
}

CHILD(lends_static_data_for_ever)
{
	enum { MORE_THAN_THE_HISTORY = 1000 };
	deed_i32_borrowed r = { 0 };

	for (int i = 0; i < 3; i++) {
		r = borrow_from_a_local_owner();
		require(deed_at(r, 2) == 3);
	}
	for (int i = 0; i < MORE_THAN_THE_HISTORY; i++) {
		deed_i32 xs = DEED_EMPTY;

		require(deed_new(&xs, 8) == 0);
		{
			DEED_INOUT(v, &xs);
			deed_at(v, 1) = 1;
		}
		deed_drop(&xs);
	}
	require(deed_at(r, 2) == 3);
}

/* Static data is nobody's to drop, so its owner may go out of scope while it is lent. */
Test(border, a_loan_of_static_data_outlives_its_owner_and_is_nobody_elses)
{
	expect_clean_exit(child_run("lends_static_data_for_ever", "", "history=16"));
}
