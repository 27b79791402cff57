/* expect: incompatible pointer|cannot convert|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_resize_of_view.c (C, C++) - only an owner is resized: a
 * view is sliced.
 */
#include "deed.h"

int attempt(deed_f32 *xs, deed_f32_inout v);
int attempt(deed_f32 *xs, deed_f32_inout v)
{
	(void)v;
#ifndef FIXED
	return deed_resize(&v, 3); /* BAD */
#endif
	return deed_resize(xs, 3);
}
