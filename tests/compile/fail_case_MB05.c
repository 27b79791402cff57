/* expect: read-only|const-qualified|cannot assign */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_case_MB05.c (C, C++) - acceptance case MB05: a view that
 * is derived from a read-only parameter is read-only, however it is derived.
 */
#include "deed.h"

static deed_i32_borrowed middle(deed_i32_borrowed b)
{
	return deed_slice(b, deed_len(b) / 4, deed_len(b) / 2);
}

int attempt(deed_i32_borrowed b);
int attempt(deed_i32_borrowed b)
{
	const deed_i32_borrowed part = middle(b);

#ifndef FIXED
	deed_data(part)[0] += 1; /* BAD */
#endif
	return deed_data(part)[0];
}
