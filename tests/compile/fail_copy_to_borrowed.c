/* expect: incompatible type|convert|conversion|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_copy_to_borrowed.c (C, C++) - what is only lent to be
 * read is no target.
 */
#include "deed.h"

void attempt(deed_f32_borrowed to, deed_f32_borrowed from, deed_f32_inout writable);
void attempt(deed_f32_borrowed to, deed_f32_borrowed from, deed_f32_inout writable)
{
	(void)to;
	deed_copy(writable, from);
#ifndef FIXED
	deed_copy(to, from); /* BAD */
#endif
}
