/* expect: discards|invalid conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_drop_of_const_owner.c (C, C++) - a const owner is not
 * ours to end.
 */
#include "deed.h"

void attempt(deed_f32 *mine, const deed_f32 *theirs);
void attempt(deed_f32 *mine, const deed_f32 *theirs)
{
	(void)theirs;
	deed_drop(mine);
#ifndef FIXED
	deed_drop(theirs); /* BAD */
#endif
}
