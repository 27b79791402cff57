/* expect: not a function|cannot be used as a function|no matching function|not compatible */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_data_of_owner.c (C, C++) - an owner has no address to
 * hand out: a loan of it has.
 */
#include "deed.h"

void attempt(const deed_f32 *xs);
void attempt(const deed_f32 *xs)
{
	DEED_BORROWED(r, xs);
	const float *p = deed_data(r);
#ifndef FIXED
	p = deed_data(*xs); /* BAD */
#endif
	(void)p;
}
