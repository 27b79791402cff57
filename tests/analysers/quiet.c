/* SPDX-License-Identifier: MIT
 *
 * tests/analysers/quiet.c - everything is as it should be.
 *
 * gcc: nothing
 * gcc, trap: nothing
 * clang: nothing
 * clang, trap: nothing
 */
#include <deed.h>

int attempt(void)
{
	deed_f32 a = DEED_EMPTY;
	float first;

	if (deed_new_zeroed(&a, 4))
		return 1;
	{
		DEED_BORROWED(v, &a);
		first = deed_at(v, 0);
	}
	deed_drop(&a);
	return first > 0;
}
