/* expect: no member named .?inout */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_inout_from_borrowed.c (C, C++) - who was lent something
 * to read cannot lend it for writing.
 */
#include "deed.h"

void attempt(deed_f32_borrowed r);
void attempt(deed_f32_borrowed r)
{
	DEED_BORROWED(again, &r);
#ifndef FIXED
	deed_f32_inout v = deed_inout(&r); /* BAD */
	(void)v;
#endif
}
