/* expect: no member named .?inout */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_inout_part_from_borrowed.c (C, C++) - nor a part of it.
 */
#include "deed.h"

void attempt(deed_f32_borrowed r);
void attempt(deed_f32_borrowed r)
{
	DEED_BORROWED_PART(again, &r, 0, 1);
#ifndef FIXED
	DEED_INOUT_PART(v, &r, 0, 1); /* BAD */
#endif
}
