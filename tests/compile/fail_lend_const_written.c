/* expect: read-only|not assignable|cannot assign */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_lend_const_written.c (C, C++) - a view of
 * DEED_LEND_CONST() only reads, whatever the pointer may.
 */
#include "deed.h"

void attempt(float *pointer, size_t count);
void attempt(float *pointer, size_t count)
{
	DEED_LEND_CONST(r, pointer, count);
#ifndef FIXED
	deed_at(r, 0) = 1.0f; /* BAD */
#endif
}
