/* expect: warn_unused_result|unused-result */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_new_aligned_unchecked.c (C, C++) - deed_new_aligned(xs, 3, 64) can fail: its
 * result must be looked at.
 */
#include "deed.h"

int attempt(deed_f32 *xs, const deed_f32 *ys, float *p);
int attempt(deed_f32 *xs, const deed_f32 *ys, float *p)
{
	(void)ys;
	(void)p;
#ifndef FIXED
	deed_new_aligned(xs, 3, 64); /* BAD */
#endif
	return deed_new_aligned(xs, 3, 64);
}
