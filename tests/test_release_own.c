/* SPDX-License-Identifier: MIT
 *
 * tests/test_release_own.c - the same legal programs in the flavour that checks nothing.
 *
 * No flavour changes what a correct program does. Here is what a release build does by
 * itself and a trap build does otherwise: lengths that carry an origin in their top bits,
 * resizes that keep an alignment which is written down nowhere, the side table of foreign
 * buffers, owners of nothing. And that what vanishes has vanished: two words a handle, two
 * words a view, no ledger.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deed.h"
#include "deleter.h"

#define ARRAY_LEN(array) (sizeof(array) / sizeof *(array))

/* Under AddressSanitizer: what no machine has is an error as it is elsewhere, and a leak fails the
 * test. What ASAN_OPTIONS says goes over this. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1:abort_on_error=1";
}

TestSuite(release_own, .timeout = 60);

_Static_assert(!DEED_TRAP, "these are the tests of the release flavour");
_Static_assert(sizeof(deed_f32) == 2 * sizeof(void *), "an owner is two words");
_Static_assert(sizeof(deed_f32_inout) == 2 * sizeof(void *), "a view is two words");

struct triple {
	unsigned char part[3];
};
DEED_DEFINE(triples, struct triple);

struct vector {
	_Alignas(64) float lane[16];
};
DEED_DEFINE(vectors, struct vector);

static void fill(deed_f64_inout v)
{
	for (size_t i = 0; i < deed_len(v); i++)
		deed_at(v, i) = (double)i;
}

static bool is_filled(deed_f64_borrowed r, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (deed_at(r, i) != (double)i)
			return false;
	return true;
}

static void make_filled(deed_f64 *ret, size_t count) DEED_GIVES(ret);
static void make_filled(deed_f64 *ret, size_t count)
{
	int err = deed_new(ret, count);

	cr_assert(err == 0);
	{
		DEED_INOUT(v, ret);
		fill(v);
	}
}

/* ---- the life of an owner ------------------------------------------------------------------- */

Test(release_own, values_survive_moves_swaps_clones_and_resizes)
{
	deed_f64 a = DEED_EMPTY, b = DEED_EMPTY, c = DEED_EMPTY;
	int err;

	make_filled(&a, 100);
	deed_move(&b, &a);
	cr_expect(!deed_owns(&a) && deed_owns(&b) && deed_len(a) == 0 && deed_len(b) == 100);
	deed_swap(&a, &b);
	cr_expect(deed_owns(&a) && !deed_owns(&b));
	err = deed_clone(&c, &a);
	cr_expect(err == 0);
	err = deed_resize(&a, 1000);
	cr_expect(err == 0 && deed_len(a) == 1000);
	{
		DEED_BORROWED(r, &a);
		DEED_BORROWED(s, &c);
		cr_expect(is_filled(r, 100) && is_filled(s, 100));
		cr_expect(deed_data(r) != deed_data(s));
	}
	err = deed_resize(&a, 7);
	cr_expect(err == 0 && deed_len(a) == 7);
	{
		DEED_BORROWED(r, &a);
		cr_expect(is_filled(r, 7));
	}
	deed_move(&a, &a);
	cr_expect(deed_len(a) == 7);
	deed_drop(&a);
	cr_expect(!deed_owns(&a) && deed_len(a) == 0);
	deed_settle(&a);
	deed_settle(&b);
	deed_settle(&c);
	cr_expect(!deed_owns(&c));
}

Test(release_own, automatic_owners_settle)
{
	deed_f64 kept = DEED_EMPTY;

	for (int way = 0; way < 3; way++) {
		DEED_AUTO(deed_f64, a);

		make_filled(&a, 10);
		if (way == 1)
			deed_move(&kept, &a);
		if (way == 2)
			deed_drop(&a);
	}
	{
		DEED_BORROWED(r, &kept);
		cr_expect(is_filled(r, 10));
	}
	deed_drop(&kept);
}

Test(release_own, zeroed_is_zero_and_from_is_a_copy)
{
	static const double given[] = { 3, 1, 4, 1, 5 };
	deed_f64 a = DEED_EMPTY, b = DEED_EMPTY;
	vectors wide = DEED_EMPTY;
	int err = deed_new_zeroed(&a, 1000) || deed_from(&b, given, 5) || deed_new_zeroed(&wide, 3);

	cr_assert(err == 0);
	{
		DEED_BORROWED(r, &a);
		DEED_BORROWED(s, &b);
		DEED_BORROWED(w, &wide);
		for (size_t i = 0; i < 1000; i++)
			cr_expect(deed_at(r, i) == 0);
		cr_expect(!memcmp(deed_data(s), given, sizeof given) && deed_data(s) != given);
		for (size_t i = 0; i < 3; i++)
			for (size_t k = 0; k < 16; k++)
				cr_expect(deed_at(w, i).lane[k] == 0);
	}
	deed_drop(&a);
	deed_drop(&b);
	deed_drop(&wide);
}

Test(release_own, zero_elements_are_an_owner_as_any_other)
{
	deed_f64 a = DEED_EMPTY, b = DEED_EMPTY;
	int err = deed_new(&a, 0);

	cr_assert(err == 0 && deed_owns(&a) && deed_len(a) == 0);
	deed_move(&b, &a);
	cr_expect(deed_owns(&b) && !deed_owns(&a));
	{
		DEED_INOUT(v, &b);
		cr_expect(deed_len(v) == 0);
	}
	err = deed_resize(&b, 3);
	cr_expect(err == 0 && deed_len(b) == 3);
	err = deed_resize(&b, 0);
	cr_expect(err == 0 && deed_len(b) == 0 && deed_owns(&b));
	err = deed_clone(&a, &b);
	cr_expect(err == 0 && deed_owns(&a) && deed_len(a) == 0);
	deed_drop(&a);
	deed_drop(&b);
	err = deed_from(&a, (const double *)NULL, 0);
	cr_expect(err == 0 && deed_owns(&a));
	deed_drop(&a);
	err = deed_new2(&a, 0, SIZE_MAX);
	cr_expect(err == 0 && deed_len(a) == 0);
	deed_drop(&a);
	err = deed_new_aligned(&a, 0, 4096);
	cr_expect(err == 0 && deed_owns(&a));
	deed_drop(&a);
}

/* ---- alignment and origin ------------------------------------------------------------------- */

Test(release_own, alignment_is_what_was_asked_for_and_survives_resizes)
{
	static const size_t counts[] = { 100, 1, 5000, 100000, 3, 64 };

	for (size_t align = 1; align <= DEED_ALIGN_MAX; align *= 2) {
		triples a = DEED_EMPTY;
		int err = deed_new_aligned(&a, 10, align);

		cr_assert(err == 0, "align %zu: %d", align, err);
		cr_expect(deed_len(a) == 10);
		{
			DEED_INOUT(v, &a);
			for (size_t i = 0; i < 10; i++)
				deed_at(v, i).part[1] = (unsigned char)i;
		}
		for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
			{
				DEED_BORROWED(r, &a);
				cr_expect((uintptr_t)deed_data(r) % (align < 16 ? 16 : align) == 0,
					  "align %zu after %zu resizes", align, i);
			}
			err = deed_resize(&a, counts[i]);
			cr_assert(err == 0);
			/* The origin in the top bits stays inside. */
			cr_expect(deed_len(a) == counts[i]);
		}
		{
			DEED_BORROWED(r, &a);
			cr_expect(deed_at(r, 0).part[1] == 0);
			cr_expect(deed_len(r) == 64);
		}
		deed_drop(&a);
	}
}

Test(release_own, elements_that_need_more_alignment_get_it)
{
	vectors a = DEED_EMPTY, b = DEED_EMPTY;
	int err = deed_new(&a, 5);

	cr_assert(err == 0);
	for (int round = 0; round < 20; round++) {
		{
			DEED_BORROWED(r, &a);
			cr_expect((uintptr_t)deed_data(r) % 64 == 0 && deed_len(r) == deed_len(a));
		}
		err = deed_resize(&a, (size_t)(round * 37 % 50 + 1));
		cr_assert(err == 0);
	}
	err = deed_clone(&b, &a);
	cr_assert(err == 0);
	{
		DEED_BORROWED(r, &b);
		cr_expect((uintptr_t)deed_data(r) % 64 == 0 && deed_len(b) == deed_len(a));
	}
	deed_drop(&a);
	deed_drop(&b);
}

/* Whatever made an owner, its length is the number of its elements and nothing else. */
DEED_UNCHECKED Test(release_own, the_origin_never_leaks_into_a_length)
{
	static double elements[8];
	static const double constants[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };

	for (int origin = 0; origin < 5; origin++) {
		deed_f64 a = DEED_EMPTY, b = DEED_EMPTY;
		int err = origin == 0	? deed_new(&a, 8)
			  : origin == 1 ? deed_new_aligned(&a, 8, 64)
			  : origin == 2 ? deed_adopt(&a, elements, 8, NULL, NULL)
			  : origin == 3 ? deed_static(&a, constants, 8)
					: deed_from(&a, constants, 8);

		cr_assert(err == 0 && deed_owns(&a));
		cr_expect(deed_len(a) == 8);
		{
			DEED_BORROWED(r, &a);
			DEED_BORROWED_PART(part, &a, 2, 5);
			DEED_TILE_BORROWED(tile, &a, 4, 1, 0, 1, 4);
			const deed_u8_borrowed bytes = deed_bytes(r);

			cr_expect(deed_len(r) == 8 && deed_len(part) == 3);
			cr_expect(deed_len(bytes) == 64);
			cr_expect(deed_tile_rows(tile) == 1 && deed_tile_width(tile) == 4);
			cr_expect(deed_data(part) == deed_data(r) + 2);
		}
		err = deed_clone(&b, &a);
		cr_expect(err == 0 && deed_len(b) == 8);
		deed_drop(&b);
		deed_move(&b, &a);
		cr_expect(deed_len(b) == 8 && deed_len(a) == 0);
		deed_swap(&a, &b);
		cr_expect(deed_len(a) == 8);
		deed_drop(&a);
		cr_expect(!deed_owns(&a) && deed_len(a) == 0);
	}
}

/* ---- errors --------------------------------------------------------------------------------- */

Test(release_own, what_does_not_fit_is_an_error_and_changes_nothing)
{
	static const size_t huge[] = { SIZE_MAX, SIZE_MAX / 8 + 1, DEED_LEN_MAX + 1 };
	deed_f64 a = DEED_EMPTY, b = DEED_EMPTY;
	const deed_f64 none = a;
	deed_f64 was;
	int err;

	for (size_t i = 0; i < ARRAY_LEN(huge); i++) {
		err = deed_new(&a, huge[i]);
		cr_expect(err == -EOVERFLOW, "%d", err);
		err = deed_new_zeroed(&a, huge[i]);
		cr_expect(err == -EOVERFLOW, "%d", err);
		err = deed_new_aligned(&a, huge[i], 64);
		cr_expect(err == -EOVERFLOW, "%d", err);
	}
	err = deed_new2(&a, SIZE_MAX / 2, 3);
	cr_expect(err == -EOVERFLOW);
	err = deed_new2(&a, (size_t)1 << 31, (size_t)1 << 31);
	cr_expect(err == -EOVERFLOW);
	err = deed_new(&a, (size_t)1 << 57);
	cr_expect(err == -ENOMEM, "%d", err);
	err = deed_new_aligned(&a, (size_t)1 << 57, 64);
	cr_expect(err == -ENOMEM, "%d", err);
	for (size_t bits = 62; bits < 64; bits++) {
		deed_u8 bytes = DEED_EMPTY;
		/* An optimiser may leave out the malloc() of what nobody sees, and take it to
		 * succeed. */
		deed_u8 *volatile seen = &bytes;

		err = deed_new(seen, (size_t)1 << bits);
		cr_expect(err == -ENOMEM);
	}
	err = deed_new_aligned(&a, 10, 3);
	cr_expect(err == -EINVAL);
	err = deed_new_aligned(&a, 10, 0);
	cr_expect(err == -EINVAL);
	err = deed_new_aligned(&a, 10, 2 * DEED_ALIGN_MAX);
	cr_expect(err == -EINVAL);
	cr_expect(!memcmp(&none, &a, sizeof a));

	for (int aligned = 0; aligned < 2; aligned++) {
		if (aligned)
			err = deed_new_aligned(&b, 10, 128);
		else
			err = deed_new(&b, 10);
		cr_assert(err == 0);
		{
			DEED_INOUT(v, &b);
			fill(v);
		}
		was = b;
		err = deed_resize(&b, SIZE_MAX / 4);
		cr_expect(err == -EOVERFLOW, "%d", err);
		err = deed_resize(&b, DEED_LEN_MAX + 1);
		cr_expect(err == -EOVERFLOW, "%d", err);
		err = deed_resize(&b, (size_t)1 << 57);
		cr_expect(err == -ENOMEM, "%d", err);
		cr_expect(!memcmp(&was, &b, sizeof b));
		{
			DEED_BORROWED(r, &b);
			cr_expect(is_filled(r, 10));
		}
		deed_drop(&b);
	}
}

/* ---- the border ----------------------------------------------------------------------------- */

Test(release_own, a_deleter_runs_once_with_address_bytes_and_context)
{
	double elements[10];
	deed_f64 a = DEED_EMPTY, b = DEED_EMPTY;
	int context, err = deed_adopt(&a, elements, 10, tell, &context);

	cr_assert(err == 0);
	deed_move(&b, &a);
	deed_settle(&a);
	cr_expect(told.runs == 0);
	deed_drop(&b);
	deed_settle(&b);
	cr_expect(told.runs == 1 && told.data == elements && told.bytes == sizeof elements &&
		  told.context == &context);

	err = deed_adopt(&a, elements, 10, tell, NULL);
	cr_assert(err == 0);
	{
		DEED_INOUT(v, &a);
		fill(v);
	}
	err = deed_resize(&a, 20);
	cr_expect(err == 0 && told.runs == 2 && deed_len(a) == 20);
	{
		DEED_BORROWED(r, &a);
		cr_expect(is_filled(r, 10) && deed_data(r) != elements);
	}
	deed_drop(&a);
	cr_expect(told.runs == 2);
}

static atomic_bool is_over;

static void *adopt_for_ever(void *elements)
{
	deed_f64 a = DEED_EMPTY;

	while (!atomic_load(&is_over)) {
		if (deed_adopt(&a, (double *)elements, 10, NULL, NULL))
			return elements;
		deed_drop(&a);
	}
	return NULL;
}

/* Whatever the other thread is doing at that moment, the child finds the side table free and whole.
 */
Test(release_own, a_forked_child_adopts)
{
	enum { FORKS = 200, SECONDS = 10 };
	double elements[10], childs[10];
	pthread_t thread;
	void *failed;
	int err = pthread_create(&thread, NULL, adopt_for_ever, elements);

	cr_assert(err == 0);
	for (int i = 0; i < FORKS; i++) {
		const pid_t child = fork();
		int status = -1;

		cr_assert(child >= 0);
		if (!child) {
			deed_f64 a = DEED_EMPTY;

			alarm(SECONDS);
			if (deed_adopt(&a, childs, 10, NULL, NULL))
				_exit(1);
			deed_drop(&a);
			_exit(0);
		}
		cr_assert(waitpid(child, &status, 0) == child);
		cr_assert(status == 0, "fork %d: the child ended with status %x", i, status);
	}
	atomic_store(&is_over, true);
	pthread_join(thread, &failed);
	cr_expect(failed == NULL);
}

DEED_UNCHECKED Test(release_own, release_gives_memory_back)
{
	double elements[10];
	deed_f64 a = DEED_EMPTY;
	double *raw;
	int err = deed_adopt(&a, elements, 10, tell, NULL);

	cr_assert(err == 0);
	raw = deed_release(&a);
	cr_expect(raw == elements && !deed_owns(&a) && told.runs == 0);
	err = deed_adopt(&a, raw, 10, tell, NULL); /* nothing of it is left in the table */
	cr_expect(err == 0);
	deed_drop(&a);
	cr_expect(told.runs == 1);
	make_filled(&a, 10);
	raw = deed_release(&a);
	cr_expect(raw[9] == 9 && !deed_owns(&a));
	free(raw);
	raw = deed_release(&a);
	cr_expect(raw == NULL);
	err = deed_new_aligned(&a, 10, 4096);
	cr_assert(err == 0);
	free(deed_release(&a));
}

Test(release_own, static_data_is_borrowed_where_it_lies)
{
	static const double constants[4] = { 0, 1, 2, 3 };
	deed_f64 a = DEED_EMPTY, b = DEED_EMPTY;
	int err = deed_static(&a, constants, 4);

	cr_assert(err == 0 && deed_owns(&a));
	{
		DEED_BORROWED(r, &a);
		cr_expect(deed_data(r) == constants && is_filled(r, 4));
	}
	err = deed_clone(&b, &a);
	cr_expect(err == 0);
	deed_drop(&b);
}

Test(release_own, what_cannot_be_adopted_is_an_error)
{
	double storage[4];
	deed_f64 a = DEED_EMPTY;
	int err = deed_adopt(&a, (double *)NULL, 4, tell, NULL);

	cr_expect(err == -EINVAL);
	err = deed_adopt(&a, (void *)((char *)storage + 4), 2, tell, NULL);
	cr_expect(err == -EINVAL);
	err = deed_adopt(&a, storage, SIZE_MAX / 8 + 1, tell, NULL);
	cr_expect(err == -EOVERFLOW);
	err = deed_static(&a, (const double *)NULL, 4);
	cr_expect(err == -EINVAL);
	cr_expect(!deed_owns(&a) && told.runs == 0);
}

Test(release_own, thousands_of_adoptions_come_and_go_in_any_order)
{
	enum { COUNT = 20000 };
	static double elements[COUNT];
	static deed_f64 owners[COUNT];
	int err = 0;

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < COUNT; i++)
			err |= deed_adopt(&owners[i], &elements[i], 1, tell, NULL);
		for (size_t i = 0; i < COUNT; i++)
			deed_drop(&owners[i * 7919 % COUNT]);
	}
	cr_expect(err == 0 && told.runs == 3 * COUNT);
}

/* ---- loans, which are nothing --------------------------------------------------------------- */

Test(release_own, loans_parts_tiles_and_lends_see_the_same_memory)
{
	deed_f64 a = DEED_EMPTY;
	double raw[10] = { 0 };

	make_filled(&a, 100);
	{
		DEED_INOUT(v, &a);
		DEED_INOUT_PART(part, &v, 10, 20);
		deed_f64_inout left, right, slice = deed_slice(part, 2, 4);
		deed_f64_tile_inout tile = deed_tile_inout(&v, 10, 2, 3, 4, 5);

		deed_split(&part, 5, &left, &right);
		cr_expect(deed_at(part, 0) == 10 && deed_at(slice, 1) == 13);
		cr_expect(deed_len(left) == 5 && deed_at(right, 0) == 15);
		cr_expect(deed_at(deed_tile_row(tile, 3), 4) == 57);
		deed_at(deed_reborrow(&right, 1, 2), 0) = -1;
		cr_expect(deed_at(v, 16) == -1);
		deed_end(&part, &left);
		deed_end(&part, &right);
		deed_end(&v, &tile);
	}
	{
		DEED_LEND(v, raw, 10);
		DEED_BORROWED_PART(r, &a, 20, 30);

		deed_copy(v, r);
		cr_expect(raw[9] == 29);
		deed_fill(v, 4);
		cr_expect(raw[0] == 4 && raw[9] == 4);
	}
	deed_drop(&a);
}

Test(release_own, zeroed_views_are_empty)
{
	deed_f64_inout v = { 0 };
	deed_f64_borrowed r = { 0 };
	deed_f64 a = DEED_EMPTY;
	int err = deed_clone(&a, &r);

	cr_expect(err == 0 && deed_len(a) == 0);
	cr_expect(deed_len(v) == 0 && deed_len(r) == 0 && deed_data(v) == NULL);
	deed_fill(v, 1);
	deed_drop(&a);
}

Test(release_own, the_error_path_of_longjmp_costs_nothing)
{
	const uint64_t mark = deed_loans_mark();

	deed_loans_unwind(mark);
	cr_expect(mark == 0);
}

/* ---- what is told --------------------------------------------------------------------------- */

static void never(const struct deed_report *report, void *context)
{
	(void)report;
	(void)context;
	cr_assert_fail("a release build reports nothing");
}

Test(release_own, there_is_no_ledger_and_the_statistics_say_so)
{
	double elements[2];
	deed_f64 a = DEED_EMPTY;
	struct deed_statistics stats;
	char json[2048];
	size_t len;
	int err = deed_adopt(&a, elements, 2, NULL, NULL);

	cr_assert(err == 0);
	deed_on_fault(never, NULL);
	stats = deed_stats();
	cr_expect(!strcmp(stats.flavour, "release") && stats.foreign_buffers == 1);
	cr_expect(stats.reports == 0 && stats.live_loans == 0 && stats.ledger_bytes == 0);
	len = deed_stats_json(json, sizeof json);
	cr_expect(len == strlen(json) && json[0] == '{' && strstr(json, "release"), "%s", json);
	cr_expect(deed_stats_json(json, 4) == len && strlen(json) == 3);
	deed_drop(&a);
	cr_expect(deed_stats().foreign_buffers == 0);
}

Test(release_own, faults_have_names_in_both_flavours)
{
	cr_expect(!strcmp(deed_fault_id(DEED_E03), "E03"));
	cr_expect(!strcmp(deed_fault_name(DEED_E03), "use after move"));
	cr_expect(strlen(deed_fault_help(DEED_E03)) > 10);
	cr_expect(!strcmp(deed_fault_id(DEED_A01), "A01"));
	cr_expect(!strcmp(deed_fault_id(DEED_NO_FAULT), "E??"));
}
