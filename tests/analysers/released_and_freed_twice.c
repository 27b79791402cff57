/* SPDX-License-Identifier: MIT
 *
 * tests/analysers/released_and_freed_twice.c - what was released is freed twice.
 *
 * gcc: -Wanalyzer-double-free
 * gcc, trap: -Wanalyzer-double-free
 * clang: unix.Malloc
 * clang, trap: unix.Malloc
 */
#include <deed.h>
#include <stdlib.h>

void attempt(void)
{
	deed_f32 a = DEED_EMPTY;
	float *p;

	if (deed_new(&a, 4))
		return;
	p = deed_release(&a);
	free(p);
	free(p);
}
