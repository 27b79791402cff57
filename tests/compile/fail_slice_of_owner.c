/* expect: not a function|cannot be used as a function|no matching function|not compatible */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_slice_of_owner.c (C, C++) - an owner is lent in part, not
 * sliced.
 */
#include "deed.h"

void attempt(deed_f32 *xs);
void attempt(deed_f32 *xs)
{
	DEED_INOUT_PART(part, xs, 1, 2);
#ifndef FIXED
	(void)deed_slice(*xs, 1, 2); /* BAD */
#endif
}
