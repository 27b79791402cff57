/* SPDX-License-Identifier: MIT
 *
 * tests/test_release_async.c - owners in the background, in release builds.
 */
#include "async_laws.h"

TestSuite(release_async, .timeout = 300);

_Static_assert(!DEED_TRAP, "these are the tests of the release flavour");

#define LAW(name)                                                                                  \
	Test(release_async, name)                                                                  \
	{                                                                                          \
		name();                                                                            \
	}
ASYNC_LAWS(LAW)

static int await_one(struct deed_async *copy, deed_u32 *owner)
{
	return deed_await(copy, owner);
}

static void await_copies_on(struct deed_pool *pool)
{
	await_copies(pool, await_one);
}

Test(release_async, a_copy_is_not_awaited)
{
	on_every_pool(await_copies_on);
}
