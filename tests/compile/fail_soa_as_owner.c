/* expect: incompatible pointer|cannot convert|no matching function|not compatible with any */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_soa_as_owner.c (C, C++) - columns are lent one by one, not as one buffer.
 */
#include "deed.h"
#include "deed/soa.h"

#define SOA_FAIL_OWNER(FIELD) FIELD(float, x)
DEED_SOA(soa_fail_owner, SOA_FAIL_OWNER);

void attempt(soa_fail_owner *columns);
void attempt(soa_fail_owner *columns)
{
	deed_soa_drop(columns);
#ifndef FIXED
	deed_drop(columns); /* BAD */
#endif
}
