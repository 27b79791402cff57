/* expect: deed_lend_the_owner */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_kernel_of_owner.c (C, C++) - an owner is lent first.
 */
#include "deed.h"
#include "deed/kernels.h"

void attempt(deed_f32 *xs);
void attempt(deed_f32 *xs)
{
	(void)xs;
#ifndef FIXED
	(void)deed_sum_f32(*xs); /* BAD */
#endif
}
