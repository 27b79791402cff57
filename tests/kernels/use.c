/* SPDX-License-Identifier: MIT
 *
 * tests/kernels/use.c - a program, or a plugin, that calls a kernel, linked in one of the ways that
 * there are. Says which rung it was.
 *
 * deed_kernels is data: a program that is not position-independent has a copy of it, in which the
 * library's constructor must write.
 */
#include "deed/simd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int use(void)
{
	const float x[] = { 1, 2, 3 };

	if (strcmp(deed_kernels->isa, deed_isa_name()) != 0 || deed_kernels->sum_f32(x, 3) != 6) {
		fprintf(stderr, "deed_isa_name() says %s, the table %s\n", deed_isa_name(),
			deed_kernels->isa);
		return 1;
	}
	return puts(deed_isa_name()) < 0;
}

#ifdef PLUGIN
__attribute__((constructor)) static void loaded(void)
{
	if (use())
		_Exit(1);
}
#else
int main(void)
{
	return use();
}
#endif
