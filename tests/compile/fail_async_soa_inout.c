/* expect: deed_async_takes_writable_owners|cannot convert|invalid conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_async_soa_inout.c (C, C++) - nor is one that is lent for
 * writing.
 */
#include "deed.h"
#include "deed/async.h"
#include "deed/soa.h"

#define ASYNC_SOA_INOUT(FIELD) FIELD(float, x)
DEED_SOA(async_soa_inout, ASYNC_SOA_INOUT);

static int fail_async_soa_inout_fn(void *owner, void *context)
{
	(void)owner, (void)context;
	return 0;
}

void attempt(struct deed_pool *pool, struct deed_async *async, async_soa_inout *ps,
	     deed_f32_inout x);
void attempt(struct deed_pool *pool, struct deed_async *async, async_soa_inout *ps,
	     deed_f32_inout x)
{
	int err = deed_async(pool, async, fail_async_soa_inout_fn, ps, NULL);

	(void)x;
#ifndef FIXED
	err = deed_async(pool, async, fail_async_soa_inout_fn, &x, NULL); /* BAD */
#endif
	(void)err;
}
