/* expect: read-only|assignment of read-only|not assignable */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_part_borrowed_written.c (C, C++) - a part that is
 * borrowed is read, also where it was shared out inout.
 */
#include "deed.h"
#include "deed/share.h"

float attempt(struct deed_part *part, const deed_f32_inout *xs);
float attempt(struct deed_part *part, const deed_f32_inout *xs)
{
	const deed_f32_borrowed mine = deed_part_borrowed(part, xs);
#ifndef FIXED
	deed_at(mine, 0) = 1; /* BAD */
#endif
	return deed_at(mine, 0);
}
