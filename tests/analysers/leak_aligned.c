/* SPDX-License-Identifier: MIT
 *
 * tests/analysers/leak_aligned.c - a buffer that was not made by malloc() itself is forgotten.
 *
 * gcc: -Wanalyzer-malloc-leak
 * clang: unix.Malloc
 */
#include <deed.h>

int attempt(void)
{
	deed_f32 a = DEED_EMPTY;

	return deed_new_aligned(&a, 4, 64);
}
