/* expect: deed_async_takes_writable_owners|cannot convert|invalid conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_async_borrowed.c (C, C++) - nor is a loan for reading
 * handed over to the background.
 */
#include "deed.h"
#include "deed/async.h"

static int fail_async_borrowed_fn(void *owner, void *context)
{
	(void)owner, (void)context;
	return 0;
}

void attempt(struct deed_pool *pool, struct deed_async *async, deed_f32 *xs, deed_f32_borrowed v);
void attempt(struct deed_pool *pool, struct deed_async *async, deed_f32 *xs, deed_f32_borrowed v)
{
	int err = deed_async(pool, async, fail_async_borrowed_fn, xs, NULL);

	(void)v;
#ifndef FIXED
	err = deed_async(pool, async, fail_async_borrowed_fn, &v, NULL); /* BAD */
#endif
	(void)err;
}
