/* SPDX-License-Identifier: MIT
 *
 * tests/static/limit_empty_owner.c - an owner is used before it owns anything
 *
 * fault: E01
 */
#include <deed.h>

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	DEED_BORROWED(v, &a);
	return (int)deed_len(v);
}
