/* expect: read-only|not assignable|cannot assign */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_write_through_borrowed_at.c (C, C++) - an element of a
 * borrowed view is const.
 */
#include "deed.h"

void attempt(deed_f32_borrowed r, deed_f32_inout w);
void attempt(deed_f32_borrowed r, deed_f32_inout w)
{
	deed_at(w, 0) = deed_at(r, 0);
#ifndef FIXED
	deed_at(r, 0) = 1.0f; /* BAD */
#endif
}
