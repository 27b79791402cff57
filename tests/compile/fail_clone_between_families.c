/* expect: not compatible with any|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_clone_between_families.c (C, C++) - a clone is of its
 * source's family: equal sizes do not make equal types.
 */
#include "deed.h"

int attempt(deed_i32 *integers, deed_f32 *floats, deed_f32_borrowed source);
int attempt(deed_i32 *integers, deed_f32 *floats, deed_f32_borrowed source)
{
	(void)integers;
#ifndef FIXED
	return deed_clone(integers, &source); /* BAD */
#endif
	return deed_clone(floats, &source);
}
