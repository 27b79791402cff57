/* expect: warn_unused_result|unused-result */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_clone_unchecked.c (C, C++) - deed_clone(xs, ys) can fail: its
 * result must be looked at.
 */
#include "deed.h"

int attempt(deed_f32 *xs, const deed_f32 *ys, float *p);
int attempt(deed_f32 *xs, const deed_f32 *ys, float *p)
{
	(void)ys;
	(void)p;
#ifndef FIXED
	deed_clone(xs, ys); /* BAD */
#endif
	return deed_clone(xs, ys);
}
