/* expect: deed_async_takes_writable_owners|cannot convert|invalid conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_async_soa_const.c (C, C++) - columns that may not be written do
 * not give up what they own.
 */
#include "deed.h"
#include "deed/async.h"
#include "deed/soa.h"

#define ASYNC_SOA_CONST(FIELD) FIELD(float, x)
DEED_SOA(async_soa_const, ASYNC_SOA_CONST);

static int fail_async_soa_const_fn(void *owner, void *context)
{
	(void)owner, (void)context;
	return 0;
}

void attempt(struct deed_pool *pool, struct deed_async *async, async_soa_const *ps,
	     const async_soa_const *x);
void attempt(struct deed_pool *pool, struct deed_async *async, async_soa_const *ps,
	     const async_soa_const *x)
{
	int err = deed_async(pool, async, fail_async_soa_const_fn, ps, NULL);

	(void)x;
#ifndef FIXED
	err = deed_async(pool, async, fail_async_soa_const_fn, x, NULL); /* BAD */
#endif
	(void)err;
}
