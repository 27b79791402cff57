/* SPDX-License-Identifier: MIT
 *
 * tests/test_release_reduce.c - one result out of many parts, in release builds.
 */
#include "reduce_laws.h"

/* Under AddressSanitizer, what no machine has is an error as it is elsewhere. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1:abort_on_error=1";
}

TestSuite(release_reduce, .timeout = 300);

_Static_assert(!DEED_TRAP, "these are the tests of the release flavour");

#define LAW(name)                                                                                  \
	Test(release_reduce, name)                                                                 \
	{                                                                                          \
		name();                                                                            \
	}
REDUCE_LAWS(LAW)
