/* expect: incompatible type|convert|conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_owner_as_view.c (C, C++) - an owner is lent, not passed
 * as a view.
 */
#include "deed.h"

float sum(deed_f32_borrowed v);
float attempt(const deed_f32 *xs);
float attempt(const deed_f32 *xs)
{
	DEED_BORROWED(r, xs);
#ifndef FIXED
	return sum(*xs); /* BAD */
#endif
	return sum(r);
}
