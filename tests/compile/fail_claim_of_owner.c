/* expect: deed_lend_the_owner */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_claim_of_owner.c (C, C++) - an owner is lent before
 * it is claimed.
 */
#include "deed.h"
#include "deed/claim.h"

void attempt(deed_f32_inout y, deed_f32 *xs);
void attempt(deed_f32_inout y, deed_f32 *xs)
{
	(void)deed_data(y), (void)xs;
#ifndef FIXED
	(void)!deed_claim(y, *xs); /* BAD */
#endif
}
