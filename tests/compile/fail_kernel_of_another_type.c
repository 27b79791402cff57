/* expect: not compatible with any|cannot convert|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_kernel_of_another_type.c (C, C++) - the elements have the
 * type that the name says.
 */
#include "deed.h"
#include "deed/kernels.h"

void attempt(deed_f32_inout y, deed_f64_borrowed x);
void attempt(deed_f32_inout y, deed_f64_borrowed x)
{
	(void)deed_sum_f64(x), (void)deed_sum_f32(y);
#ifndef FIXED
	(void)deed_sum_f32(x); /* BAD */
#endif
}
