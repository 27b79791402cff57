/* expect: read-only|not assignable|cannot assign */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_write_through_borrowed_slice.c (C, C++) - a narrower
 * borrowed view is a borrowed view.
 */
#include "deed.h"

void attempt(deed_f32_borrowed r, deed_f32_inout w);
void attempt(deed_f32_borrowed r, deed_f32_inout w)
{
	(void)r;
	deed_at(deed_slice(w, 1, 2), 0) = 1.0f;
#ifndef FIXED
	deed_at(deed_slice(r, 1, 2), 0) = 1.0f; /* BAD */
#endif
}
