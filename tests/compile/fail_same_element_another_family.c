/* expect: incompatible type|convert|conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_same_element_another_family.c (C, C++) - families are
 * told apart by name, even over one element type.
 */
#include "deed.h"

DEED_DEFINE(metres, double);
DEED_DEFINE(seconds, double);

double sum_in_metres(metres_borrowed v);
double attempt(metres_borrowed lengths, seconds_borrowed times);
double attempt(metres_borrowed lengths, seconds_borrowed times)
{
	(void)times;
#ifndef FIXED
	return sum_in_metres(times); /* BAD */
#endif
	return sum_in_metres(lengths);
}
