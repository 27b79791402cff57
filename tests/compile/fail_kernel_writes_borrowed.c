/* expect: incompatible type|could not convert|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_kernel_writes_borrowed.c (C, C++) - what may only be read
 * is not written.
 */
#include "deed.h"
#include "deed/kernels.h"

void attempt(deed_f32_borrowed x, float a);
void attempt(deed_f32_borrowed x, float a)
{
	(void)x, (void)a;
#ifndef FIXED
	deed_scale_f32_by(x, a); /* BAD */
#endif
}
