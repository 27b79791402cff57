/* expect: incompatible type|no match|no viable */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_case_DW25.c (C, C++) - acceptance case DW25: a read-only
 * view is not stored as a new owner; what it shows may be cloned.
 */
#include "deed.h"

int attempt(deed_i32 *stored, deed_i32_borrowed b);
int attempt(deed_i32 *stored, deed_i32_borrowed b)
{
#ifndef FIXED
	*stored = b; /* BAD */
#endif
	return deed_clone(stored, &b);
}
