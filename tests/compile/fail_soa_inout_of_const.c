/* expect: not compatible with any|no matching function|invalid conversion|cannot convert */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_soa_inout_of_const.c (C, C++) - a const owner of columns lends to readers
 * only.
 */
#include "deed.h"
#include "deed/soa.h"

#define SOA_FAIL_CONST(FIELD) FIELD(float, x)
DEED_SOA(soa_fail_const, SOA_FAIL_CONST);

void attempt(const soa_fail_const *columns);
void attempt(const soa_fail_const *columns)
{
	DEED_SOA_BORROWED(x, columns, x);
#ifndef FIXED
	deed_f32_inout v = deed_soa_inout(columns, x); /* BAD */
	(void)v;
#endif
}
