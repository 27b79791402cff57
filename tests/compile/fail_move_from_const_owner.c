/* expect: discards|invalid conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_move_from_const_owner.c (C, C++) - a const owner is not
 * ours to move.
 */
#include "deed.h"

void attempt(deed_f32 *to, deed_f32 *mine, const deed_f32 *theirs);
void attempt(deed_f32 *to, deed_f32 *mine, const deed_f32 *theirs)
{
	(void)theirs;
	deed_move(to, mine);
#ifndef FIXED
	deed_move(to, theirs); /* BAD */
#endif
}
