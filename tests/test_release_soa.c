/* SPDX-License-Identifier: MIT
 *
 * tests/test_release_soa.c - columns in the flavour that checks nothing.
 */
#include <criterion/criterion.h>
#include <errno.h>

#include "soa_model.h"

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1:abort_on_error=1";
}

TestSuite(release_soa, .timeout = 60);

_Static_assert(!DEED_TRAP, "these are the tests of the release flavour");
_Static_assert(sizeof(models) == 3 * sizeof(void *), "an owner of columns is three words");

Test(release_soa, columns_are_the_rows_of_an_array_of_structs)
{
	for (uint64_t seed = 1; seed <= 40; seed++) {
		const int wrong = model_run(seed, 100);

		cr_expect(!wrong, "seed %d, step %d", (int)seed, wrong);
	}
}

Test(release_soa, what_does_not_fit_is_an_error_and_changes_nothing)
{
	models ms = DEED_EMPTY;
	int err = deed_soa_new(&ms, SIZE_MAX);

	cr_expect(err == -EOVERFLOW && !deed_soa_owns(&ms));
	err = deed_soa_new(&ms, SIZE_MAX / 128);
	cr_expect(err == -ENOMEM || err == -EOVERFLOW);
	err = deed_soa_new(&ms, 3);
	cr_assert(!err);
	deed_soa_set(&ms, 2, { .id = 9 });
	err = deed_soa_resize(&ms, SIZE_MAX);
	cr_expect(err == -EOVERFLOW);
	err = deed_soa_reserve(&ms, SIZE_MAX / 128);
	cr_expect(err == -ENOMEM || err == -EOVERFLOW);
	cr_expect(deed_soa_len(ms) == 3 && deed_soa_get(&ms, 2).id == 9);
	deed_soa_drop(&ms);
	cr_expect(!deed_soa_owns(&ms) && deed_soa_len(ms) == 0);
}

Test(release_soa, columns_stay_where_they_are_while_there_is_room)
{
	models ms = DEED_EMPTY;
	int err = deed_soa_new(&ms, 1);
	const void *first, *then;

	cr_assert(!err);
	err = deed_soa_reserve(&ms, 10000);
	cr_assert(!err);
	{
		DEED_SOA_BORROWED(id, &ms, id);
		first = deed_data(id);
	}
	for (int i = 1; i < 10000; i++) {
		err = deed_soa_push(&ms, { .id = (uint32_t)i });
		cr_assert(!err);
	}
	{
		DEED_SOA_BORROWED(id, &ms, id);
		then = deed_data(id);
	}
	cr_expect(first == then);
	deed_soa_drop(&ms);
}
