/* SPDX-License-Identifier: MIT
 *
 * tests/static/limit_taken_on_some_way.c - a function is to take what was dropped on one way
 *
 * fault: E05
 */
#include <deed.h>

static void end(deed_f32 *samples) DEED_TAKES(samples);
static void end(deed_f32 *samples)
{
	deed_drop(samples);
}

int main(int argc, char **argv)
{
	deed_f32 a = DEED_EMPTY;

	(void)argv;
	if (deed_new(&a, 4))
		return 1;
	if (argc == 1)
		deed_drop(&a);
	end(&a);
	return 0;
}
