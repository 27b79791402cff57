/* expect: unused-result */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_async_unchecked.c (C, C++) - it may fail, and the owner is
 * where it was then.
 */
#include "deed.h"
#include "deed/async.h"

static int fail_async_unchecked_fn(void *owner, void *context)
{
	(void)owner, (void)context;
	return 0;
}

void attempt(struct deed_async *async, deed_f32 *xs);
void attempt(struct deed_async *async, deed_f32 *xs)
{
	if (deed_async((struct deed_pool *)NULL, async, fail_async_unchecked_fn, xs, NULL))
		return;
#ifndef FIXED
	deed_async((struct deed_pool *)NULL, async, fail_async_unchecked_fn, xs, NULL); /* BAD */
#endif
	if (deed_await(async, xs))
		return;
}
