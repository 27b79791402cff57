/* SPDX-License-Identifier: MIT
 *
 * tests/analysers/copy_dropped.c - a bit copy is dropped after its original.
 *
 * gcc: -Wanalyzer-double-free
 * clang: unix.Malloc
 */
#include <deed.h>

void attempt(void)
{
	deed_f32 a = DEED_EMPTY, b;

	if (deed_new(&a, 4))
		return;
	b = a;
	deed_drop(&a);
	deed_drop(&b);
}
