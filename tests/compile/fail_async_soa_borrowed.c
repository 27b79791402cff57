/* expect: deed_async_takes_writable_owners|cannot convert|invalid conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_async_soa_borrowed.c (C, C++) - a column that is lent is not handed
 * over to the background.
 */
#include "deed.h"
#include "deed/async.h"
#include "deed/soa.h"

#define ASYNC_SOA_BORROWED(FIELD) FIELD(float, x)
DEED_SOA(async_soa_borrowed, ASYNC_SOA_BORROWED);

static int fail_async_soa_borrowed_fn(void *owner, void *context)
{
	(void)owner, (void)context;
	return 0;
}

void attempt(struct deed_pool *pool, struct deed_async *async, async_soa_borrowed *ps,
	     deed_f32_borrowed x);
void attempt(struct deed_pool *pool, struct deed_async *async, async_soa_borrowed *ps,
	     deed_f32_borrowed x)
{
	int err = deed_async(pool, async, fail_async_soa_borrowed_fn, ps, NULL);

	(void)x;
#ifndef FIXED
	err = deed_async(pool, async, fail_async_soa_borrowed_fn, &x, NULL); /* BAD */
#endif
	(void)err;
}
