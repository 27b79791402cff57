/* expect: deed_async_takes_writable_owners|cannot convert|invalid conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_async_inout.c (C, C++) - a loan for writing is not handed
 * over to the background: it could outlive what was lent.
 */
#include "deed.h"
#include "deed/async.h"

static int fail_async_inout_fn(void *owner, void *context)
{
	(void)owner, (void)context;
	return 0;
}

void attempt(struct deed_pool *pool, struct deed_async *async, deed_f32 *xs, deed_f32_inout v);
void attempt(struct deed_pool *pool, struct deed_async *async, deed_f32 *xs, deed_f32_inout v)
{
	int err = deed_async(pool, async, fail_async_inout_fn, xs, NULL);

	(void)v;
#ifndef FIXED
	err = deed_async(pool, async, fail_async_inout_fn, &v, NULL); /* BAD */
#endif
	(void)err;
}
