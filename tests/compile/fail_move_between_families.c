/* expect: not compatible with any|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_move_between_families.c (C, C++) - an owner of floats
 * does not become an owner of integers.
 */
#include "deed.h"

void attempt(deed_i32 *integers, deed_f32 *floats, deed_f32 *more);
void attempt(deed_i32 *integers, deed_f32 *floats, deed_f32 *more)
{
	(void)integers;
	deed_move(floats, more);
#ifndef FIXED
	deed_move(integers, floats); /* BAD */
#endif
}
