/* SPDX-License-Identifier: MIT
 *
 * tests/static/limit_parts_overlap.c - two parts overlap
 *
 * fault: E09
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 4))
		return 1;
	DEED_INOUT_PART(v, &a, 0, 3);
	DEED_INOUT_PART(w, &a, 2, 4);
	deed_fill(v, 0.0f);
	deed_fill(w, 0.0f);
	return 0;
}
