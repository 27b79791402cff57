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
