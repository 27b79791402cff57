/* SPDX-License-Identifier: MIT
 *
 * tests/compile/ok_views_of_zero.c (C, C++) - a zeroed view is a valid empty view, an empty
 * owner settles, and an empty range is lent to anybody.
 */
#include "deed.h"

static deed_f32_inout nothing; /* file scope: zeroed */

/* What is null and empty for all to see is no cause for a warning. */
static void copies_of_nothing(deed_f32_inout to, deed_f32_borrowed from)
{
	deed_f32_inout none = DEED_EMPTY;
	deed_f32_borrowed null = DEED_EMPTY;

	deed_copy(to, null);
	deed_copy(none, from);
	deed_copy(none, null);
}

DEED_UNCHECKED int main(void)
{
	deed_f32_borrowed r = DEED_EMPTY;
	deed_f32 xs = DEED_EMPTY;
	int result = deed_len(r) != 0 || deed_len(nothing) != 0 || deed_len(xs) != 0;

	deed_fill(nothing, 1.0f);
	deed_copy(nothing, r);
	deed_copy(nothing, deed_reading(nothing));
	copies_of_nothing(nothing, r);
	result |= deed_len(deed_slice(r, 0, 0)) != 0 || deed_owns(&xs);
	deed_settle(&xs);
	deed_drop(&xs);
	if (deed_new(&xs, 0))
		return 1;
	{
		DEED_INOUT(v, &xs);
		DEED_INOUT(w, &xs);
		result |= deed_len(v) + deed_len(w) != 0 || !deed_owns(&xs);
	}
	deed_drop(&xs);
	return result;
}
