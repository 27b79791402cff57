/* SPDX-License-Identifier: MIT
 *
 * tests/analysers/leak.c - a buffer is forgotten.
 *
 * gcc: -Wanalyzer-malloc-leak
 * clang: unix.Malloc
 */
#include <deed.h>

int attempt(void)
{
	deed_f32 a = DEED_EMPTY;

	return deed_new(&a, 4);
}
