/* expect: discards|invalid conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_adopt_of_const.c (C, C++) - read-only memory is not
 * adopted: deed_static() takes it.
 */
#include "deed.h"

int attempt(deed_f32 *xs, const float *table);
int attempt(deed_f32 *xs, const float *table)
{
#ifndef FIXED
	return deed_adopt(xs, table, 3, NULL, NULL); /* BAD */
#endif
	return deed_static(xs, table, 3);
}
