/* expect: not compatible with any|cannot convert|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_kernel_writes_another_type.c (C, C++) - so do those that
 * are written.
 */
#include "deed.h"
#include "deed/kernels.h"

void attempt(deed_i32_inout y, deed_f32_borrowed x);
void attempt(deed_i32_inout y, deed_f32_borrowed x)
{
	(void)y, (void)x;
#ifndef FIXED
	deed_reverse_f32(y, x); /* BAD */
#endif
}
