/* expect: deed_claim_takes_one_to_eight_views */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_claim_of_nine.c (C, C++) - a claim is of eight views
 * at most.
 */
#include "deed.h"
#include "deed/claim.h"

void attempt(deed_f32_inout y, deed_f32_borrowed x);
void attempt(deed_f32_inout y, deed_f32_borrowed x)
{
	(void)deed_data(y), (void)deed_data(x);
#ifndef FIXED
	(void)!deed_claim(y, x, x, x, x, x, x, x, x); /* BAD */
#endif
}
