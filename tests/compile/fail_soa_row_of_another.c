/* expect: incompatible type|invalid initializer|conversion from|no viable conversion|initializing
 */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_soa_row_of_another.c (C, C++) - a row of one struct of arrays is none of
 * another, though they have the same fields.
 */
#include "deed.h"
#include "deed/soa.h"

#define SOA_FAIL_ROW(FIELD) FIELD(float, x)
DEED_SOA(soa_fail_row, SOA_FAIL_ROW);
DEED_SOA(soa_fail_row_too, SOA_FAIL_ROW);

void attempt(soa_fail_row *columns, soa_fail_row_too_row row);
void attempt(soa_fail_row *columns, soa_fail_row_too_row row)
{
	(void)row;
	deed_soa_set(columns, 0, { 1.0f });
#ifndef FIXED
	deed_soa_set(columns, 0, row); /* BAD */
#endif
}
