/* SPDX-License-Identifier: MIT
 *
 * tests/static/limit_pointed_to_on_one_way.c - what a pointer points to is dropped on one way, and
 * used
 *
 * fault: E04
 */
#include <deed.h>

static void use(deed_f32 *a, int is_done)
{
	if (is_done)
		deed_drop(a);
	DEED_BORROWED(v, a);
	(void)deed_at(v, 0);
}

int main(int argc, char **argv)
{
	deed_f32 a = DEED_EMPTY;

	(void)argv;
	if (deed_new_zeroed(&a, 4))
		return 1;
	use(&a, argc);
	return 0;
}
