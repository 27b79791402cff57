/* SPDX-License-Identifier: MIT
 *
 * tests/analysers/pointer_after_drop.c - a raw pointer is read after the drop.
 *
 * gcc: -Wanalyzer-use-after-free
 * gcc: -Wuse-after-free
 */
#include <deed.h>

float attempt(void)
{
	deed_f32 a = DEED_EMPTY;
	const float *p;

	if (deed_new_zeroed(&a, 4))
		return 0;
	{
		DEED_BORROWED(v, &a);
		p = deed_data(v);
	}
	deed_drop(&a);
	return p[0];
}
