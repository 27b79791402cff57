/* expect: not a structure or union|not a class|is a pointer|is of pointer type|non-class type */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_len_by_address.c (C, C++) - deed_len() takes a handle by
 * name.
 */
#include "deed.h"

size_t attempt(const deed_f32 *xs);
size_t attempt(const deed_f32 *xs)
{
#ifndef FIXED
	return deed_len(xs); /* BAD */
#endif
	return deed_len(*xs);
}
