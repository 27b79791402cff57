/* expect: discards|invalid conversion|cannot initialize */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_write_through_borrowed_data.c (C, C++) - the address of a
 * borrowed view points to const elements.
 */
#include "deed.h"

void attempt(deed_f32_borrowed r);
void attempt(deed_f32_borrowed r)
{
	const float *p = deed_data(r);
#ifndef FIXED
	float *q = deed_data(r); /* BAD */
	(void)q;
#endif
	(void)p;
}
