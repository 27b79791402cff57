/* expect: deed_async_takes_writable_owners|cannot convert|invalid conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_async_const_owner.c (C, C++) - an owner that may not
 * be written does not give up what it owns.
 */
#include "deed.h"
#include "deed/async.h"

static int fail_async_const_owner_fn(void *owner, void *context)
{
	(void)owner, (void)context;
	return 0;
}

void attempt(struct deed_pool *pool, struct deed_async *async, deed_f32 *xs, const deed_f32 *v);
void attempt(struct deed_pool *pool, struct deed_async *async, deed_f32 *xs, const deed_f32 *v)
{
	int err = deed_async(pool, async, fail_async_const_owner_fn, xs, NULL);

	(void)v;
#ifndef FIXED
	err = deed_async(pool, async, fail_async_const_owner_fn, v, NULL); /* BAD */
#endif
	(void)err;
}
