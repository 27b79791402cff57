/* expect: read-only|not assignable|cannot assign */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_write_through_borrowed_bytes.c (C, C++) - the bytes of a
 * borrowed view are const too.
 */
#include "deed.h"

void attempt(deed_f32_borrowed r, deed_f32_inout w);
void attempt(deed_f32_borrowed r, deed_f32_inout w)
{
	(void)r;
	deed_at(deed_bytes(w), 0) = 1;
#ifndef FIXED
	deed_at(deed_bytes(r), 0) = 1; /* BAD */
#endif
}
