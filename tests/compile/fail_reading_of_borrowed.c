/* expect: incompatible type|convert|conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_reading_of_borrowed.c (C, C++) - a borrowed view reads
 * already.
 */
#include "deed.h"

void attempt(deed_f32_borrowed r, deed_f32_inout v);
void attempt(deed_f32_borrowed r, deed_f32_inout v)
{
	(void)r;
	(void)deed_reading(v);
#ifndef FIXED
	(void)deed_reading(r); /* BAD */
#endif
}
