/* SPDX-License-Identifier: MIT
 *
 * tests/test_release_allocator.c - allocators that fail, in the flavour that checks nothing.
 */
#include "failing.h"

TestSuite(release_allocator, .timeout = 60);

Test(release_allocator, every_call_may_fail)
{
	failing_is_survived(true);
	failing_is_survived(false);
}

Test(release_allocator, pages_may_run_out)
{
	pages_run_out(deed_pages());
	pages_run_out(deed_huge_pages());
}

Test(release_allocator, blocks_of_pages_are_aligned_zeroed_and_resized)
{
	pages_are_pages(deed_pages());
	pages_are_pages(deed_huge_pages());
}
