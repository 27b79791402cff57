/* SPDX-License-Identifier: MIT
 *
 * tests/test_async.c - owners in the background, in trap builds.
 */
#include "trapped.h"

#include "async_laws.h"

TestSuite(async, .init = trapped_begin, .fini = trapped_end, .timeout = 300);

#define LAW(name)                                                                                  \
	Test(async, name)                                                                          \
	{                                                                                          \
		name();                                                                            \
	}
ASYNC_LAWS(LAW)

static int nothing(void *owner, void *context)
{
	(void)owner, (void)context;
	return 0;
}

DEED_UNCHECKED Test(async, what_is_handed_over_is_moved)
{
	struct deed_async packing = DEED_ASYNC_EMPTY;
	deed_u32 xs = numbers(10);
	int err = deed_async(NULL, &packing, nothing, &xs, NULL);

	cr_assert(err == 0);
	expect_fault(DEED_E03, (void)deed_inout(&xs));
	cr_expect(trapped_sites(DEED_ROLE_MOVED, 0) == 1);
	cr_expect_not_null(strstr(trapped.report.message, "moved to `packing`"), "%s",
			   trapped.report.message);
	err = deed_await(&packing, &xs);
	cr_expect(err == 0);
	deed_drop(&xs);
}

DEED_UNCHECKED Test(async, what_cannot_be_moved_is_not_handed_over)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_u32 xs = numbers(10), none = DEED_EMPTY;
	deed_u32_borrowed r = deed_borrow(&xs);
	int err = 0;

	expect_fault(DEED_E06, err = deed_async(NULL, &async, nothing, &xs, NULL));
	cr_expect(err == -EPERM && deed_owns(&xs));
	deed_end(&xs, &r);
	expect_fault(DEED_E01, err = deed_async(NULL, &async, nothing, &none, NULL));
	cr_expect(err == -EPERM);
	err = deed_await(&async, &none);
	cr_expect(err == -EINVAL);
	err = deed_async(NULL, &async, nothing, &xs, NULL);
	cr_assert(err == 0);
	err = deed_await(&async, &xs);
	cr_expect(err == 0);
	deed_drop(&xs);
}

DEED_UNCHECKED Test(async, it_comes_back_to_who_can_own_it)
{
	struct deed_async async = DEED_ASYNC_EMPTY;
	deed_u32 xs = numbers(10), ys = DEED_EMPTY;
	deed_f64 other = DEED_EMPTY;
	int err = deed_async(NULL, &async, nothing, &xs, NULL);

	cr_assert(err == 0);
	err = deed_new(&ys, 20); /* that it is its home makes it a live owner */
	cr_assert(err == 0);
	expect_fault(DEED_E02, err = deed_await(&async, &ys));
	cr_expect(err == -EPERM && deed_len(ys) == 20);
	err = deed_await(&async, &xs);
	cr_expect(err == 0 && deed_len(xs) == 10);
	deed_drop(&ys);
	ys = numbers(30);
	err = deed_async(NULL, &async, nothing, &ys, NULL);
	cr_assert(err == 0);
	expect_fault(DEED_E22, err = deed_await(&async, &other));
	cr_expect(err == -EPERM && !deed_owns(&other));
	err = deed_await(&async, &ys);
	cr_expect(err == 0 && deed_len(ys) == 30);
	deed_drop(&xs);
	deed_drop(&ys);
}

/* ---- what nobody awaits --------------------------------------------------------------------- */

CHILD(forgets)
{
	struct deed_async forgotten = DEED_ASYNC_EMPTY;
	deed_u32 xs = numbers(10);
	int err = deed_async(NULL, &forgotten, nothing, &xs, NULL);

	require(err == 0);
}

Test(async, what_nobody_awaits_is_a_leak)
{
	const struct child_result *const result = child_run("forgets", "", "");

	cr_expect(result->signal == SIGABRT);
	cr_expect(times_in(result->err, "deed: E17 leak: `forgotten` still owns 40 bytes at exit"),
		  "%s", result->err);
}
