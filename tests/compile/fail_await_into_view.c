/* expect: deed_async_takes_writable_owners|cannot convert|invalid conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_await_into_view.c (C, C++) - what comes back
 * is an owner again, and no view.
 */
#include "deed.h"
#include "deed/async.h"

static int fail_await_into_view_fn(void *owner, void *context)
{
	(void)owner, (void)context;
	return 0;
}

void attempt(struct deed_pool *pool, struct deed_async *async, deed_f32 *xs, deed_f32_inout v);
void attempt(struct deed_pool *pool, struct deed_async *async, deed_f32 *xs, deed_f32_inout v)
{
	int err = deed_async(pool, async, fail_await_into_view_fn, xs, NULL);

	(void)v;
#ifndef FIXED
	err = deed_await(async, &v); /* BAD */
#endif
	(void)err;
}
