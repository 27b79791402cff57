/* expect: incompatible|invalid init|could not convert|conversion from|no viable conversion */
/* SPDX-License-Identifier: MIT
 *
 * tests/compile/fail_part_of_another_family.c (C, C++) - a part is of the
 * family of what was shared out.
 */
#include "deed.h"
#include "deed/share.h"

size_t attempt(struct deed_part *part, const deed_f32_inout *xs);
size_t attempt(struct deed_part *part, const deed_f32_inout *xs)
{
	const deed_f32_inout mine = deed_part_inout(part, xs);
#ifndef FIXED
	const deed_i32_inout other = deed_part_inout(part, xs); /* BAD */
	(void)other;
#endif
	return deed_len(mine);
}
