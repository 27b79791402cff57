/* expect: incompatible pointer|cannot convert|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_new_of_view.c (C, C++) - only an owner comes to own.
 */
#include "deed.h"

int attempt(deed_f32 *xs);
int attempt(deed_f32 *xs)
{
	deed_f32_inout v;

	(void)v;
#ifndef FIXED
	return deed_new(&v, 3); /* BAD */
#endif
	return deed_new(xs, 3);
}
