/* expect: read-only|not assignable|cannot assign */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_write_through_reading.c (C, C++) - what only reads an
 * inout view cannot write.
 */
#include "deed.h"

void attempt(deed_i32_inout v);
void attempt(deed_i32_inout v)
{
	deed_at(v, 0) = 1;
#ifndef FIXED
	deed_at(deed_reading(v), 0) = 1; /* BAD */
#endif
}
