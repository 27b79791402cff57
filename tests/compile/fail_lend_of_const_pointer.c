/* expect: discards|invalid conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_lend_of_const_pointer.c (C, C++) - what is const is lent
 * by DEED_LEND_CONST().
 */
#include "deed.h"

void attempt(const float *pointer, size_t count);
void attempt(const float *pointer, size_t count)
{
	DEED_LEND_CONST(r, pointer, count);
#ifndef FIXED
	DEED_LEND(v, pointer, count); /* BAD */
#endif
}
