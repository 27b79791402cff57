/* expect: invalid initializer|incompatible|conversion|no viable */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_inout_to_borrowed_unsaid.c (C, C++) - an inout view
 * becomes a borrowed one by deed_reading(), in so many words.
 */
#include "deed.h"

void attempt(deed_f32_inout v);
void attempt(deed_f32_inout v)
{
	deed_f32_borrowed said = deed_reading(v);
#ifndef FIXED
	deed_f32_borrowed unsaid = v; /* BAD */
	(void)unsaid;
#endif
	(void)said;
}
