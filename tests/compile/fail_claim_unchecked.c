/* expect: unused-result */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_claim_unchecked.c (C, C++) - whether an operation may go on
 * must be looked at.
 */
#include "deed.h"
#include "deed/claim.h"

void attempt(deed_f32_inout y, deed_f32_borrowed x);
void attempt(deed_f32_inout y, deed_f32_borrowed x)
{
	(void)y, (void)x;
#ifndef FIXED
	deed_claim(y, x); /* BAD */
#endif
}
