/* expect: not compatible with any|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_share_inout_of_const_owner.c (C, C++) - parts only read
 * what is a const owner's.
 */
#include "deed.h"
#include "deed/share.h"

void attempt(struct deed_plan *plan, const deed_f32 *xs);
void attempt(struct deed_plan *plan, const deed_f32 *xs)
{
	deed_share_borrowed(plan, xs, DEED_BY_INDEX);
#ifndef FIXED
	deed_share_inout(plan, xs, DEED_BY_INDEX); /* BAD */
#endif
}
