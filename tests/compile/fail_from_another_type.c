/* expect: pointer type mismatch|incompatible|distinct pointer types|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_from_another_type.c (C, C++) - a buffer is filled from
 * elements of its own type.
 */
#include "deed.h"

int attempt(deed_f32 *xs, const double *doubles, const float *floats);
int attempt(deed_f32 *xs, const double *doubles, const float *floats)
{
	(void)doubles;
#ifndef FIXED
	return deed_from(xs, doubles, 3); /* BAD */
#endif
	return deed_from(xs, floats, 3);
}
