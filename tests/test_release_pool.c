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

#include "pool_body.h"
