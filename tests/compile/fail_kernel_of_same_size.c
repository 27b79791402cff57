/* expect: not compatible with any|invalid conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_kernel_of_same_size.c (C, C++) - of one size is not of
 * one type.
 */
#include "deed.h"
#include "deed/kernels.h"

void attempt(deed_u32_borrowed x);
void attempt(deed_u32_borrowed x)
{
	(void)x;
#ifndef FIXED
	(void)deed_sum_i32(x); /* BAD */
#endif
}
