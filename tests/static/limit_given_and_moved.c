/* SPDX-License-Identifier: MIT
 *
 * tests/static/limit_given_and_moved.c - an owner that a function gave is moved on one way, and
 * used
 *
 * fault: E03
 */
#include <deed.h>

static int fill(deed_f32 *ret) DEED_GIVES(ret);
static int fill(deed_f32 *ret)
{
	return deed_new(ret, 4);
}

int main(int argc, char **argv)
{
	deed_f32 a = DEED_EMPTY, b = DEED_EMPTY;

	(void)argv;
	if (fill(&a))
		return 1;
	if (argc == 1)
		deed_move(&b, &a);
	return (int)deed_len(a);
}
