/* expect: incompatible pointer|cannot convert|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_drop_of_view.c (C, C++) - only an owner is dropped: a
 * view is ended.
 */
#include "deed.h"

void attempt(deed_f32 *xs, deed_f32_borrowed r);
void attempt(deed_f32 *xs, deed_f32_borrowed r)
{
	(void)r;
	deed_drop(xs);
#ifndef FIXED
	deed_drop(&r); /* BAD */
#endif
}
