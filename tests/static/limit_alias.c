/* SPDX-License-Identifier: MIT
 *
 * tests/static/limit_alias.c - an owner has two names
 *
 * fault: E05
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY, *const p = &a;

	if (deed_new(&a, 4))
		return 1;
	deed_drop(&a);
	deed_drop(p);
	return 0;
}
