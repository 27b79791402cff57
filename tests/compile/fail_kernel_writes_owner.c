/* expect: incompatible type|could not convert|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_kernel_writes_owner.c (C, C++) - to be written, too.
 */
#include "deed.h"
#include "deed/kernels.h"

void attempt(deed_f32 *xs, float a);
void attempt(deed_f32 *xs, float a)
{
	(void)xs, (void)a;
#ifndef FIXED
	deed_fill_f32(*xs, a); /* BAD */
#endif
}
