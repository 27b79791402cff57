/* expect: pointer type mismatch|incompatible|distinct pointer types|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_adopt_of_another_type.c (C, C++) - the pointer that is
 * adopted points to the family's elements, or to void.
 */
#include "deed.h"

int attempt(deed_f32 *xs, int *integers, void *page);
int attempt(deed_f32 *xs, int *integers, void *page)
{
	(void)integers;
#ifndef FIXED
	return deed_adopt(xs, integers, 3, NULL, NULL); /* BAD */
#endif
	return deed_adopt(xs, page, 3, NULL, NULL);
}
