/* expect: incompatible type|convert|conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_fill_borrowed.c (C, C++) - nor is it filled.
 */
#include "deed.h"

void attempt(deed_f32_borrowed r, deed_f32_inout w);
void attempt(deed_f32_borrowed r, deed_f32_inout w)
{
	(void)r;
	deed_fill(w, 1.0f);
#ifndef FIXED
	deed_fill(r, 1.0f); /* BAD */
#endif
}
