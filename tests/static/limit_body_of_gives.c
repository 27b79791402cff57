/* SPDX-License-Identifier: MIT
 *
 * tests/static/limit_body_of_gives.c - a function that fills an owner drops another one twice
 *
 * fault: E05
 */
#include <deed.h>

static int fill(deed_f32 *ret) DEED_GIVES(ret);
static int fill(deed_f32 *ret)
{
	deed_f32 a = DEED_EMPTY;

	if (deed_new(&a, 4))
		return -1;
	deed_drop(&a);
	deed_drop(&a);
	return deed_new(ret, 4);
}

int main(void)
{
	deed_f32 a = DEED_EMPTY;

	if (fill(&a))
		return 1;
	deed_drop(&a);
	return 0;
}
