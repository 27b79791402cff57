/* expect: ignoring return value.*unused-result */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_soa_push_unchecked.c (C) - a push may fail.
 */
#include "deed.h"
#include "deed/soa.h"

#define SOA_FAIL_PUSH(FIELD) FIELD(float, x)
DEED_SOA(soa_fail_push, SOA_FAIL_PUSH);

void attempt(soa_fail_push *columns);
void attempt(soa_fail_push *columns)
{
#ifndef FIXED
	deed_soa_push(columns, { 1.0f }); /* BAD */
#endif
	(void)columns;
}
