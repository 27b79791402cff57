/* expect: not compatible with any|cannot convert|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_kernel_swapped.c (C, C++) - a conversion has its operands
 * in the order of an assignment.
 */
#include "deed.h"
#include "deed/kernels.h"

void attempt(deed_u8_inout y, deed_f32_inout x);
void attempt(deed_u8_inout y, deed_f32_inout x)
{
	deed_u8_from_f32(y, x);
#ifndef FIXED
	deed_u8_from_f32(x, y); /* BAD */
#endif
}
