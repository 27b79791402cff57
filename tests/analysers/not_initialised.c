/* SPDX-License-Identifier: MIT
 *
 * tests/analysers/not_initialised.c - an owner starts with whatever was in its memory.
 *
 * gcc: -Wuninitialized
 * gcc, trap: -Wmaybe-uninitialized
 * clang: core.UndefinedBinaryOperatorResult
 */
#include <deed.h>

void attempt(void)
{
	deed_f32 a;

	deed_drop(&a);
}
