/* expect: deed_async_takes_writable_owners|cannot convert|invalid conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_await_into_soa_const.c (C, C++) - what comes back
 * is written to the owner.
 */
#include "deed.h"
#include "deed/async.h"
#include "deed/soa.h"

#define AWAIT_INTO_SOA_CONST(FIELD) FIELD(float, x)
DEED_SOA(await_into_soa_const, AWAIT_INTO_SOA_CONST);

void attempt(struct deed_async *async, const await_into_soa_const *ps);
void attempt(struct deed_async *async, const await_into_soa_const *ps)
{
	int err = deed_async_is_done(async);

	(void)ps;
#ifndef FIXED
	err = deed_await(async, ps); /* BAD */
#endif
	(void)err;
}
