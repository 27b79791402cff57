/* expect: read-only|const-qualified|no viable overloaded|discards|passing|no match for */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_guard_reassigned.c (C, C++) - the view of a guard stays
 * what its block will end.
 */
#include "deed.h"

void attempt(deed_f32 *xs, deed_f32 *ys);
void attempt(deed_f32 *xs, deed_f32 *ys)
{
	DEED_INOUT(v, xs);
	DEED_INOUT(w, ys);
	deed_f32_inout copy = v;

	copy = w;
#ifndef FIXED
	v = w; /* BAD */
#endif
	(void)copy;
}
