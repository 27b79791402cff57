/* SPDX-License-Identifier: MIT
 *
 * tests/analysers/null_owner.c - there is no owner.
 *
 * gcc: -Wanalyzer-null-dereference
 * gcc, trap: -Wnonnull
 * clang: core.NullDereference
 * clang, trap: core.NonNullParamChecker
 */
#include <deed.h>

void attempt(void)
{
	deed_f32 *const nowhere = NULL;

	deed_drop(nowhere);
}
