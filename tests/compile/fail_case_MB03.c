/* expect: read-only|const-qualified|cannot assign */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_case_MB03.c (C, C++) - acceptance case MB03: a function
 * writes through its borrowed parameter.
 */
#include "deed.h"

int attempt(deed_i32_borrowed b);
int attempt(deed_i32_borrowed b)
{
#ifndef FIXED
	deed_at(b, 0) = 5; /* BAD */
#endif
	return deed_at(b, 0);
}
