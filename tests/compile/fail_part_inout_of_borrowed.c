/* expect: not compatible with any|no matching function */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_part_inout_of_borrowed.c (C, C++) - what was lent to be
 * read, no part writes.
 */
#include "deed.h"
#include "deed/share.h"

size_t attempt(struct deed_part *part, const deed_f32_borrowed *xs);
size_t attempt(struct deed_part *part, const deed_f32_borrowed *xs)
{
	const deed_f32_borrowed mine = deed_part_borrowed(part, xs);
#ifndef FIXED
	const deed_f32_inout other = deed_part_inout(part, xs); /* BAD */
	(void)other;
#endif
	return deed_len(mine);
}
