/* SPDX-License-Identifier: MIT
 *
 * tests/test_release_pool.c - the pool in the flavour that checks nothing.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <criterion/criterion.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define POOL_IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define POOL_IS_SANITIZED 1
#endif
#endif
#ifndef POOL_IS_SANITIZED
#define POOL_IS_SANITIZED 0
#endif

TestSuite(release_pool, .timeout = 120);

#define POOL_TEST(name) Test(release_pool, name)

#include "deed/reduce.h"
#include "pool_body.h"

static void never_begun(struct deed_part *part, void *context)
{
	(void)context;
	cr_assert_fail("part %zu of no plan", part->index);
}

static void never_found(struct deed_part *part, void *partial, void *context)
{
	(void)partial;
	never_begun(part, context);
}

static void never_merged(void *into, const void *from, void *context)
{
	(void)into;
	(void)from;
	(void)context;
	cr_assert_fail("nothing was found");
}

/* Of all zeroes it is an error here too, each time; other bits are the program's own affair. */
Test(release_pool, a_plan_that_was_never_cut)
{
	struct deed_pool *const pool = pool_of(2);
	struct deed_plan plan = { 0 };
	deed_f32 xs = DEED_EMPTY;
	int found = 7, err;

	cr_assert(deed_new(&xs, 10) == 0);
	for (int round = 0; round < 2; round++) {
		cr_expect(deed_parallel_for(NULL, &plan, never_begun, NULL) == -EINVAL);
		cr_expect(deed_parallel_for(pool, &plan, never_begun, NULL) == -EINVAL);
		err = deed_reduce(pool, &plan, never_found, never_merged, NULL, &found,
				  sizeof found);
		cr_expect(err == -EINVAL && found == 7);
		deed_share_inout(&plan, &xs, DEED_BY_INDEX);
	}
	/* No part is a plan, too. */
	deed_plan_chunks(&plan, 0, 10);
	cr_expect(deed_parallel_for(pool, &plan, never_begun, NULL) == 0);
	deed_plan_parts(&plan, 0, 10);
	cr_expect(deed_parallel_for(pool, &plan, never_begun, NULL) == 0);
	deed_plan_tiles(&plan, 0, 0, 1, 1);
	cr_expect(deed_parallel_for(pool, &plan, never_begun, NULL) == 0);
	deed_drop(&xs);
	end_pool(pool);
}
